using Orleans.Workflow.Grains;
using Orleans.Workflow.Storage.Health;
using Orleans.Workflow.Storage.Processes;

namespace Orleans.Workflow.Hosting.Processes;

/// <summary>
/// Writes what this process says of itself every few seconds, and reads what the others say (ADR 0048). An attempt that
/// fails is made again; the database is called away after the second one.
/// </summary>
internal sealed class ProcessReporter(
    OwnProcess own,
    ServiceStatus status,
    SqlProcesses processes,
    TimeProvider time,
    ILogger<ProcessReporter> logger
) : BackgroundService
{
    private const int RoundsBetweenForgetting = 60;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PeriodWhileFailing = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TimeoutOfLeaving = TimeSpan.FromSeconds(1);

    private DateTimeOffset? _failingSince;
    private int _failures;
    private Task _running = Task.CompletedTask;

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            // The others need not wait to see that it is gone on purpose.
            await Task.Run(() => processes.Leave(own.Name, cancellationToken), cancellationToken)
                .WaitAsync(TimeoutOfLeaving, time, cancellationToken);
        }
        catch (Exception)
        {
            // Then they do wait.
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Never inside the start of the host: SQLite blocks.
        await Task.Yield();
        for (var round = 0; ; round++)
        {
            await Exchange(isForgetting: round % RoundsBetweenForgetting == 0, stoppingToken);
            await Task.Delay(_failingSince is null ? Period : PeriodWhileFailing, time, stoppingToken);
        }
    }

    private async Task Exchange(bool isForgetting, CancellationToken cancellationToken)
    {
        var began = time.GetUtcNow();
        try
        {
            // One at a time: an attempt that hangs is waited for again, and fails again.
            if (_running.IsCompleted)
                _running = Task.Run(() => Run(isForgetting, cancellationToken), cancellationToken);

            await _running.WaitAsync(Timeout, time, cancellationToken);
            (_failingSince, _failures) = (null, 0);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            _failingSince ??= began;
            if (++_failures < 2)
                return;

            status.Failed(_failingSince.Value, FailureReason.Of(exception));
            if (_failures == 2)
                Safely.Log(exception, () => Log.NotReported(logger, exception));
        }
    }

    private async Task Run(bool isForgetting, CancellationToken cancellationToken)
    {
        if (isForgetting)
            await processes.Forget(cancellationToken);

        status.Exchanged(await processes.Exchange(own.Row(own.Measure()), cancellationToken));
    }
}

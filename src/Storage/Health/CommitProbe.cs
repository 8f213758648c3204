using Microsoft.Extensions.Hosting;
using Orleans.Workflow.Storage.Commit;

namespace Orleans.Workflow.Storage.Health;

/// <summary>
/// Makes a small commit while there is no traffic, and while commits fail, so that <see cref="CommitHealth"/> knows how
/// it is now.
/// </summary>
internal sealed class CommitProbe(
    IStateDatabase database,
    CommitHealth health,
    GroupCommitMetrics metrics,
    TimeProvider time
) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private Task _running = Task.CompletedTask;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Never inside the start of the host: SQLite blocks.
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            var isSuspected = await health.WhenSuspected(Period, stoppingToken);
            if (isSuspected || health.IsFailing || health.Idle >= Quiet)
                await Probe(stoppingToken);

            // A suspicion is looked into at once, an outage once a period.
            if (isSuspected && health.IsFailing)
                await Task.Delay(Period, time, stoppingToken);
        }
    }

    private async Task Probe(CancellationToken cancellationToken)
    {
        try
        {
            // One at a time: a probe that hangs is waited for again, and fails again.
            if (_running.IsCompleted)
                _running = Task.Run(() => database.Probe(cancellationToken), cancellationToken);

            await _running.WaitAsync(Timeout, time, cancellationToken);
            health.Probed(null);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            metrics.ProbeFailed(exception);
            health.Probed(exception);
        }
    }
}

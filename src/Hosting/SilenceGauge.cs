using System.Diagnostics.Metrics;
using Orleans.Workflow.Grains;
using Orleans.Workflow.Grains.Telemetry;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Hosting;

/// <summary>
/// Measures how long nothing has been received about the workflow that has been silent longest, of those that have not
/// ended. The database is asked now and then, and only if somebody measures.
/// </summary>
internal sealed class SilenceGauge(
    SqlReadModel readModel,
    IMeterFactory meters,
    TimeProvider time,
    ILogger<SilenceGauge> logger
) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private volatile Found? _found;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var gauge = meters
            .Create(WorkflowTelemetry.Name)
            .CreateObservableGauge(
                "workflow.silence.oldest",
                Observe,
                "s",
                "How long nothing was received about the workflow, not ended, that has been silent longest."
            );
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            if (gauge.Enabled)
                await Find(stoppingToken);
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task Find(CancellationToken cancellationToken)
    {
        try
        {
            _found = new Found(await readModel.FindOldestSilence(cancellationToken));
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Safely.Log(exception, () => Log.SilenceUnknown(logger, exception));
        }
    }

    private IEnumerable<Measurement<double>> Observe() =>
        _found is { } found
            ?
            [
                new Measurement<double>(
                    found.Since is { } since ? Math.Max(0, (time.GetUtcNow() - since).TotalSeconds) : 0
                ),
            ]
            : [];

    /// <param name="Since">Since when; null if every workflow has ended.</param>
    private sealed record Found(DateTimeOffset? Since);
}

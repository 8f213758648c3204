using Orleans.Workflow.Grains;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Receipts;
using Orleans.Workflow.Hosting.Settings;

namespace Orleans.Workflow.Hosting.Retention;

/// <summary>Runs a pass of retention now and then, on whichever silo has the lead.</summary>
internal sealed class RetentionService(
    RetentionSettings settings,
    IRetentionStore store,
    ILeaderLock leader,
    ReceiptTrimmer trimmer,
    WorkflowGrains grains,
    RetentionMetrics metrics,
    TimeProvider time,
    ILogger<RetentionService> logger
) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!settings.IsOn)
            return;

        using var timer = new PeriodicTimer(settings.Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                if (await RunPass(stoppingToken) is { } failures)
                    metrics.Ran(isSuccess: failures == 0);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                metrics.Ran(isSuccess: false);
                Safely.Log(exception, () => Log.Failed(logger, exception));
            }
        }
    }

    /// <summary>How many parts of the pass failed; null if another process has the lead.</summary>
    private async Task<int?> RunPass(CancellationToken cancellationToken)
    {
        await using var lead = await leader.TryTake(LeaderTask.Retention, cancellationToken);
        if (lead is null)
            return null;

        var pass = new RetentionPass(settings, store, trimmer, grains, time, logger);
        await pass.Run(cancellationToken);
        if (pass.Receipts + pass.Rejected + pass.Facts + pass.FactBodies + pass.Workflows > 0)
            Log.Removed(logger, pass.Receipts, pass.Rejected, pass.Facts, pass.FactBodies, pass.Workflows);

        return pass.Failures;
    }
}

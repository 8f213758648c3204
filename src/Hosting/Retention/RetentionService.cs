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
                await RunPass(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                Safely.Log(exception, () => Log.Failed(logger, exception));
            }
        }
    }

    private async Task RunPass(CancellationToken cancellationToken)
    {
        await using var lead = await leader.TryTake(LeaderTask.Retention, cancellationToken);
        if (lead is null)
            return;

        var pass = new RetentionPass(settings, store, trimmer, grains, time, logger);
        await pass.Run(cancellationToken);
        if (pass.Receipts + pass.Rejected + pass.Facts + pass.FactBodies + pass.Workflows > 0)
            Log.Removed(logger, pass.Receipts, pass.Rejected, pass.Facts, pass.FactBodies, pass.Workflows);
    }
}

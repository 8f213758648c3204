using Orleans.Workflow.Grains;
using Orleans.Workflow.Grains.Audit;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Hosting.Settings;

namespace Orleans.Workflow.Hosting.Audit;

/// <summary>Audits a few workflows each second beside the work, from the first to the last and again.</summary>
internal sealed class BackgroundAudit(
    AuditSettings settings,
    IWorkflowSnapshots snapshots,
    WorkflowAuditor auditor,
    AuditMetrics metrics,
    TimeProvider time,
    ILogger<BackgroundAudit> logger
) : BackgroundService
{
    private string _after = string.Empty;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings.WorkflowsPerSecond == 0)
            return;

        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await AuditPage(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                Safely.Log(exception, () => Log.Failed(logger, exception));
            }
        }
    }

    private async Task AuditPage(CancellationToken cancellationToken)
    {
        await using var snapshot = await snapshots.Open(cancellationToken);
        var ids = await snapshot.ListIds(_after, settings.WorkflowsPerSecond, cancellationToken);
        foreach (var workflowId in ids)
        {
            // Moved on first: a workflow that cannot be read must not keep the others from their turn.
            _after = workflowId;
            await Audit(snapshot, workflowId, cancellationToken);
        }

        var isLast = ids.Count < settings.WorkflowsPerSecond;
        if (isLast)
            _after = string.Empty;

        metrics.Succeeded(isLast);
    }

    private async Task Audit(IWorkflowSnapshot snapshot, string workflowId, CancellationToken cancellationToken)
    {
        try
        {
            var audit = await auditor.Audit(snapshot, workflowId, cancellationToken);
            metrics.Count(audit);
            foreach (var finding in audit.Findings)
                Safely.Run(() => Log.Found(logger, finding.WorkflowId, finding.Kind, finding.Where));
        }
        catch (Exception exception)
            when (exception is not System.Data.Common.DbException && !cancellationToken.IsCancellationRequested)
        {
            // Its snapshot is as good as before: only this workflow cannot be read.
            Safely.Run(() => Log.NotAudited(logger, exception, workflowId));
        }
    }
}

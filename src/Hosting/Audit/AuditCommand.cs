using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Audit;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Hosting.Settings;
using Orleans.Workflow.Storage.Migrations;

namespace Orleans.Workflow.Hosting.Audit;

/// <summary>The command <c>audit</c>: every workflow once, while the service runs or not.</summary>
public static class AuditCommand
{
    private const int PageSize = 64;

    /// <summary>Adds what audits: the fold, and snapshots of all that is stored.</summary>
    public static IServiceCollection AddWorkflowAudit(this IServiceCollection services, HostSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        services.AddWorkflowReplays(settings);
        services.AddSingleton(new WorkflowFold(settings.Vocabulary));
        services.AddSingleton<WorkflowAuditor>();
        return services;
    }

    /// <summary>Audits everything and tells what was found.</summary>
    /// <returns>0 if nothing was found, else 2.</returns>
    public static async Task<int> Audit(this IHost host, bool asJson, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(host);
        await host.Services.GetRequiredService<ISchema>().Check(cancellationToken);
        var snapshots = host.Services.GetRequiredService<IWorkflowSnapshots>();
        var auditor = host.Services.GetRequiredService<WorkflowAuditor>();
        var report = new AuditReport(Console.Out, asJson);
        for (
            var after = string.Empty;
            await AuditPage(snapshots, auditor, report, after, cancellationToken) is { } last;
            after = last
        ) { }

        await using var whole = await snapshots.Open(cancellationToken);
        await foreach (var key in whole.ListOrphans(cancellationToken))
            report.Add(new Finding(null, FindingKind.Orphan, key, null, "a state"));

        report.End();
        return report.FindingCount == 0 ? 0 : 2;
    }

    /// <summary>A snapshot per page: the database need not keep what changes while all is audited.</summary>
    private static async Task<string?> AuditPage(
        IWorkflowSnapshots snapshots,
        WorkflowAuditor auditor,
        AuditReport report,
        string after,
        CancellationToken cancellationToken
    )
    {
        await using var snapshot = await snapshots.Open(cancellationToken);
        var ids = await snapshot.ListIds(after, PageSize, cancellationToken);
        foreach (var workflowId in ids)
            report.Add(await auditor.Audit(snapshot, workflowId, cancellationToken));

        return ids.Count == 0 ? null : ids[^1];
    }
}

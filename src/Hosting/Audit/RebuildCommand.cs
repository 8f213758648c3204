using Orleans.Configuration;
using Orleans.Workflow.Grains.Audit;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Hosting.Settings;
using Orleans.Workflow.Storage;
using Orleans.Workflow.Storage.Migrations;

namespace Orleans.Workflow.Hosting.Audit;

/// <summary>
/// The command <c>rebuild</c>: rewrites the rows of workflows that differ from the fold of their receipts, while the
/// service runs or not.
/// </summary>
public static class RebuildCommand
{
    private const int PageSize = 64;

    /// <summary>How many workflows are folded at a time. Their writes share commits.</summary>
    private const int Concurrency = 4;

    /// <summary>Adds what rebuilds beside what audits.</summary>
    public static IServiceCollection AddWorkflowRebuild(this IServiceCollection services, HostSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        services.AddWorkflowGrainStorage(settings.Storage);
        services.Configure<ClusterOptions>(options => options.ServiceId = settings.Cluster.ServiceId);
        services.AddSingleton<WorkflowRebuilder>();
        return services;
    }

    /// <summary>Rebuilds everything and writes what was rewritten and what could not be.</summary>
    /// <returns>0 if all that is stored is what the receipts give now, else 2.</returns>
    public static async Task<int> Rebuild(this IHost host, bool asJson, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(host);
        await host.Services.GetRequiredService<ISchema>().Check(cancellationToken);
        var snapshots = host.Services.GetRequiredService<IWorkflowSnapshots>();
        var rebuilder = host.Services.GetRequiredService<WorkflowRebuilder>();
        var report = new RebuildReport(Console.Out, asJson);
        for (var after = string.Empty; ; )
        {
            var ids = await ListIds(snapshots, after, cancellationToken);
            if (ids.Count == 0)
                break;

            await RebuildPage(rebuilder, ids, report, cancellationToken);
            after = ids[^1];
        }

        await using var whole = await snapshots.Open(cancellationToken);
        await foreach (var key in whole.ListOrphans(cancellationToken))
            report.AddOrphan(key);

        report.End();
        return report.LeftCount == 0 ? 0 : 2;
    }

    private static async Task<IReadOnlyList<string>> ListIds(
        IWorkflowSnapshots snapshots,
        string after,
        CancellationToken cancellationToken
    )
    {
        await using var snapshot = await snapshots.Open(cancellationToken);
        return await snapshot.ListIds(after, PageSize, cancellationToken);
    }

    private static async Task RebuildPage(
        WorkflowRebuilder rebuilder,
        IReadOnlyList<string> ids,
        RebuildReport report,
        CancellationToken cancellationToken
    )
    {
        var rebuilt = new WorkflowRebuild[ids.Count];
        await Parallel.ForAsync(
            0,
            ids.Count,
            new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken },
            async (place, token) => rebuilt[place] = await rebuilder.Rebuild(ids[place], token)
        );
        foreach (var workflow in rebuilt)
            report.Add(workflow);
    }
}

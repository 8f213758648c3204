using Orleans.Workflow.Hosting;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Console;

/// <summary>How many workflows stand at what, as of a moment ago.</summary>
internal sealed class ConsoleCounts(ConsoleQueries queries, SqlReadModel readModel, TimeProvider time)
{
    private readonly RefreshingCache<StateCounts> _snapshot = new(
        async cancellationToken =>
        {
            var silent = new WorkflowFilter { SilentSince = time.GetUtcNow() - StateCounts.Silence };
            var byPhase = await readModel.CountWorkflows(silent, WorkflowGrouping.Phase, limit: 1, cancellationToken);
            return new StateCounts(await queries.CountByState(time.GetUtcNow(), cancellationToken), byPhase!.Total);
        },
        TimeSpan.FromSeconds(1),
        time
    );

    /// <summary>The counts; null if they are being read for the first time.</summary>
    public Task<Cached<StateCounts>?> Get(CancellationToken cancellationToken) => _snapshot.Get(cancellationToken);
}

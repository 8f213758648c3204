using Orleans.Workflow.Hosting;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Console.Overview;

/// <summary>How many workflows ended in each hour of the last seven days, as of a moment ago.</summary>
internal sealed class EndedCounts(TrendQueries queries, TimeProvider time)
{
    private readonly RefreshingCache<IReadOnlyList<EndedCount>> _snapshot = new(
        async cancellationToken => await queries.CountEnded(time.GetUtcNow() - TrendChart.Longest, cancellationToken),
        TimeSpan.FromSeconds(5),
        time
    );

    /// <summary>The counts; null if they are being read for the first time.</summary>
    public Task<Cached<IReadOnlyList<EndedCount>>?> Get(CancellationToken cancellationToken) =>
        _snapshot.Get(cancellationToken);
}

using System.Collections.Concurrent;
using Orleans.Workflow.Hosting;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Console.Facts;

/// <summary>How far a workflow's list is, as far as that is known: the vendor never says how long it is.</summary>
/// <param name="Completed">How many entries are completed.</param>
/// <param name="Seen">How many entries anything was reported of; null if that says nothing of what is left.</param>
/// <param name="At">When they were counted.</param>
public sealed record ListProgress(long Completed, long? Seen, DateTimeOffset At)
{
    /// <summary>The share of the seen that is completed, in whole percent: 100 only if all are.</summary>
    public long Percent => Seen is > 0 and { } seen ? 100 * Completed / seen : 0;

    /// <summary>
    /// What the counts say. Where only completions came, or not all facts were read, the seen are no measure.
    /// </summary>
    internal static ListProgress? Of(Cached<EntryCounts>? taken) =>
        taken is not { Value: { Completed: > 0 } counts, At: var at } ? null
        : counts is { Reported: > 0, AreAll: true } ? new ListProgress(counts.Completed, counts.Seen, at)
        : new ListProgress(counts.Completed, null, at);
}

/// <summary>Counts the entries of lists, and keeps the counts for a while.</summary>
internal sealed class ListProgressReader(ConsoleQueries queries, TimeProvider time)
{
    private const int MaxKept = 200;

    private readonly ConcurrentDictionary<string, RefreshingCache<EntryCounts>> _kept = new(StringComparer.Ordinal);

    /// <summary>The progress of a workflow's list; null if there is none, or if it is being counted.</summary>
    public async Task<ListProgress?> Get(string workflowId, CancellationToken cancellationToken)
    {
        if (_kept.Count >= MaxKept && !_kept.ContainsKey(workflowId))
            _kept.Clear();

        var snapshot = _kept.GetOrAdd(workflowId, id => new RefreshingCache<EntryCounts>(
            stopping => queries.CountEntries(id, stopping),
            TimeSpan.FromSeconds(1),
            time
        ));
        return ListProgress.Of(await snapshot.Get(cancellationToken));
    }
}

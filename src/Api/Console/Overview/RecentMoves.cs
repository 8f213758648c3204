using System.Collections.Immutable;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Hosting;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Console.Overview;

/// <summary>
/// From what to what workflows changed within the last hour. What is over for a while is counted once and kept, as in
/// <see cref="ReceiptRates"/>.
/// </summary>
internal sealed class RecentMoves
{
    /// <summary>As in <see cref="ReceiptRates"/>: after how long no receipt is added to a moment any more.</summary>
    private static readonly TimeSpan Unsettled = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);

    private readonly TrendQueries _queries;
    private readonly TimeProvider _time;
    private readonly RefreshingCache<MoveTable> _snapshot;
    private ImmutableArray<MoveCount> _settled = [];
    private DateTimeOffset _settledUntil;
    private DateTimeOffset _cutAt;

    /// <summary>Makes the counts; nothing is read before somebody asks.</summary>
    public RecentMoves(TrendQueries queries, TimeProvider time)
    {
        (_queries, _time) = (queries, time);
        _snapshot = new RefreshingCache<MoveTable>(Read, Fresh, time);
    }

    /// <summary>The counts; null if they are being read for the first time.</summary>
    public Task<Cached<MoveTable>?> Get(CancellationToken cancellationToken) => _snapshot.Get(cancellationToken);

    /// <remarks>Runs once at a time.</remarks>
    private async Task<MoveTable> Read(CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var first = ReceiptRates.FirstMinute(now);
        var until = DateTimeOffset.FromUnixTimeMilliseconds((now - Unsettled).ToUnixTimeMilliseconds());
        var (older, areOlder) = await _queries.CountMoves(
            _settledUntil > first ? _settledUntil : first,
            until,
            cancellationToken
        );
        _settled = [.. _settled.Where(count => count.Minute >= first), .. older];
        _settledUntil = until;
        var (latest, areLatest) = await _queries.CountMoves(until, null, cancellationToken);

        // What was not read is missing until its hour is over.
        if (!areOlder || !areLatest)
            _cutAt = now;

        return new MoveTable(
            [
                .. _settled
                    .Concat(latest)
                    .GroupBy(static count => (count.From, count.To))
                    .Select(static same => new MoveRow(
                        same.Key.From,
                        same.Key.To,
                        same.Sum(static count => count.Count),
                        same.Max(static count => count.Latest)
                    ))
                    .OrderByDescending(static row => row.Count)
                    .ThenBy(static row => row.To.Text, StringComparer.Ordinal)
                    .ThenBy(static row => row.From?.Text, StringComparer.Ordinal),
            ],
            _cutAt < first
        );
    }
}

/// <summary>From what to what workflows changed.</summary>
/// <param name="Rows">The most frequent first.</param>
/// <param name="AreAll">Whether all changes of the hour are counted.</param>
public sealed record MoveTable(ImmutableArray<MoveRow> Rows, bool AreAll)
{
    /// <summary>How many changes there were.</summary>
    public long Total => Rows.Sum(static row => row.Count);

    /// <summary>How many workflows failed.</summary>
    public long Failed =>
        Rows.Where(static row => row.To.Outcome == WorkflowOutcome.Failed).Sum(static row => row.Count);
}

/// <summary>Changes from one status to another.</summary>
/// <param name="From">What it was; null if nothing was known.</param>
/// <param name="To">What it became.</param>
/// <param name="Count">How many.</param>
/// <param name="Latest">When the latest was received.</param>
public sealed record MoveRow(StatusValueSummary? From, StatusValueSummary To, long Count, DateTimeOffset Latest);

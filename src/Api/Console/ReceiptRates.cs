using System.Collections.Immutable;
using Orleans.Workflow.Hosting;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Console;

/// <summary>
/// The receipts of the last hour by minute, source and effect. What is over for a while is counted once and kept; only
/// the latest seconds are counted again and again.
/// </summary>
internal sealed class ReceiptRates
{
    /// <summary>How many minutes there are, the present one among them.</summary>
    public const int Minutes = 60;

    /// <summary>
    /// After how long no receipt is added to a moment any more: it gets its id when it arrives, and is tried to be
    /// committed for as long as the Api waits, a call lasts and the database may take.
    /// </summary>
    private static readonly TimeSpan Unsettled = TimeSpan.FromSeconds(30);

    private readonly ConsoleQueries _queries;
    private readonly TimeProvider _time;
    private readonly RefreshingCache<IReadOnlyList<ReceiptCount>> _snapshot;
    private ImmutableArray<ReceiptCount> _settled = [];
    private DateTimeOffset _settledUntil;

    /// <summary>Makes the counts; nothing is read before somebody asks.</summary>
    public ReceiptRates(ConsoleQueries queries, TimeProvider time)
    {
        (_queries, _time) = (queries, time);
        _snapshot = new RefreshingCache<IReadOnlyList<ReceiptCount>>(Read, TimeSpan.FromSeconds(1), time);
    }

    /// <summary>The counts; null if they are being read for the first time.</summary>
    public Task<Cached<IReadOnlyList<ReceiptCount>>?> Get(CancellationToken cancellationToken) =>
        _snapshot.Get(cancellationToken);

    /// <summary>The first of the minutes, as seen from a time in the last.</summary>
    public static DateTimeOffset FirstMinute(DateTimeOffset now) => Minute(now).AddMinutes(1 - Minutes);

    /// <remarks>Runs once at a time.</remarks>
    private async Task<IReadOnlyList<ReceiptCount>> Read(CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var first = FirstMinute(now);
        var until = DateTimeOffset.FromUnixTimeMilliseconds((now - Unsettled).ToUnixTimeMilliseconds());
        _settled = Sum(
            _settled.Where(count => count.Minute >= first),
            await _queries.CountReceipts(_settledUntil > first ? _settledUntil : first, until, cancellationToken)
        );
        _settledUntil = until;
        return Sum(_settled, await _queries.CountReceipts(until, null, cancellationToken));
    }

    private static ImmutableArray<ReceiptCount> Sum(IEnumerable<ReceiptCount> counts, IEnumerable<ReceiptCount> more) =>
        [
            .. counts
                .Concat(more)
                .GroupBy(static count => (count.Minute, count.Source, count.Effect))
                .Select(static same =>
                    same.First() with
                    {
                        Count = same.Sum(static count => count.Count),
                        Latest = same.Max(static count => count.Latest),
                    }
                ),
        ];

    private static DateTimeOffset Minute(DateTimeOffset time) =>
        DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds() / 60 * 60);
}

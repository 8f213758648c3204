using System.Collections.Immutable;

namespace Orleans.Workflow.Storage.Feed;

/// <summary>Entries that follow a position, all of them up to <paramref name="End"/>.</summary>
/// <param name="Items">The entries, by ascending position.</param>
/// <param name="End">Every entry up to here is among them or before them, and none will be added.</param>
/// <param name="IsBlockedByGap">Whether the next entry waits for one before it that may still come.</param>
/// <param name="HasMore">Whether there is more that can be read at once.</param>
/// <param name="Revision">See <see cref="LogHistory.Revision"/>; of when the entries were read.</param>
public sealed record Settled<T>(
    ImmutableArray<T> Items,
    LogPosition End,
    bool IsBlockedByGap,
    bool HasMore,
    long Revision
);

/// <summary>
/// Follows a log in the order of positions and passes no entry that may still come. Positions are drawn in
/// ascending order, so one that is missing below a visible one was drawn by then: once all transactions that were
/// writing at that time have ended, the next read shows it, or it stays empty.
/// </summary>
/// <remarks>
/// The caller holds the position and moves it when it has dealt with what was read. So a read that fails, at any point,
/// is simply done again: what is remembered here are facts about the log, and only when the read has succeeded.
/// </remarks>
/// <param name="log">The log.</param>
/// <param name="detail">How much of the entries is read.</param>
public sealed class LogFollower<T>(IPositionLog<T> log, LogDetail detail = LogDetail.Workflow)
    where T : ILogEntry
{
    private const int MaxPage = 1024 * 1024;

    private Gap? _gap;
    private LogPosition? _end;

    /// <summary>Every position up to here is visible or stays empty.</summary>
    private long _settledUpTo;

    /// <summary>The present end of the log, if nothing can be added before it any more; else null.</summary>
    public async Task<LogPosition?> FindEnd(CancellationToken cancellationToken)
    {
        if (_end is null)
        {
            var end = (await log.ReadHistory(0, cancellationToken)).End;
            var writers = await log.FindWriters(cancellationToken);
            (_end, _gap) = (end, new Gap(end.Number, writers));
        }

        if (!await HaveWritersEnded(_gap!, cancellationToken))
            return null;

        var found = _end;
        (_settledUpTo, _gap, _end) = (found.Number, null, null);
        return found;
    }

    /// <summary>The next entries after a position; none if there are none yet.</summary>
    /// <returns>Null if the log is not the history any more that the position belongs to.</returns>
    public async Task<Settled<T>?> Read(LogPosition after, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(after);
        var (settledUpTo, gap) = (_settledUpTo, _gap);
        if (gap is not null && await HaveWritersEnded(gap, cancellationToken))
            (settledUpTo, gap) = (gap.UpTo, null);

        var query = new LogQuery(after.Number, limit, detail) { Size = MaxPage };
        var page = await log.Read(query, cancellationToken);
        if (page.History.Judge(after) != PositionStatus.Valid)
            return null;

        var (settled, end) = (0, after.Number);
        while (
            settled < page.Items.Length
            && page.Items[settled].Position is var next
            && (next == end + 1 || next <= settledUpTo)
        )
        {
            end = next;
            settled++;
        }

        var isBlocked = settled < page.Items.Length;
        if (!isBlocked)
            gap = null;
        else if (gap is null || page.Items[settled].Position > gap.UpTo)
            gap = await FindGap(page.Items[^1].Position, cancellationToken);

        // Nothing that can fail follows.
        (_settledUpTo, _gap) = (settledUpTo, gap);
        var items = page.Items[..settled];
        var position = items is [.., var last] ? LogPosition.Of(page.History.Epoch, end, last.ReceiptId) : after;
        return new Settled<T>(items, position, isBlocked, !isBlocked && page.End < long.MaxValue, page.Revision);
    }

    private async Task<Gap> FindGap(long upTo, CancellationToken cancellationToken) =>
        new(upTo, await log.FindWriters(cancellationToken));

    private async Task<bool> HaveWritersEnded(Gap gap, CancellationToken cancellationToken) =>
        gap.Writers.IsEmpty || !gap.Writers.Intersect(await log.FindWriters(cancellationToken)).Any();

    /// <summary>Positions that are missing, and the transactions that may have drawn them.</summary>
    /// <param name="UpTo">The greatest position that could be seen.</param>
    /// <param name="Writers">The transactions that were writing after that.</param>
    private sealed record Gap(long UpTo, ImmutableArray<string> Writers);
}

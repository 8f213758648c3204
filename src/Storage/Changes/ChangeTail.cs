using System.Collections.Immutable;

namespace Orleans.Workflow.Storage.Changes;

/// <summary>Changes that follow a position, all of them up to <paramref name="End"/>.</summary>
/// <param name="Items">The changes, by ascending position.</param>
/// <param name="End">Every change up to here is among them or before them, and none will be added.</param>
/// <param name="IsBlockedByGap">Whether the next change waits for one before it that may still come.</param>
/// <param name="HasMore">Whether there is more that can be read at once.</param>
public sealed record SettledChanges(ImmutableArray<Change> Items, long End, bool IsBlockedByGap, bool HasMore);

/// <summary>
/// Follows the log of changes in the order of positions and passes none that may still come. Positions are drawn in ascending order,
/// so whoever drew one that is missing below a visible one had drawn it by then: once all transactions that were writing at that time
/// have ended, the next read shows it, or nobody ever will.
/// </summary>
/// <remarks>
/// The caller holds the position and moves it when it has dealt with what was read. So a read that fails, at any point, is simply
/// done again: what is remembered here are facts about the log, and they are remembered when the read has succeeded.
/// </remarks>
/// <param name="log">The log.</param>
/// <param name="detail">How much of the changes is read.</param>
public sealed class ChangeTail(IChangeLog log, ChangeDetail detail = ChangeDetail.Workflow)
{
    private const int LargestPage = 1024 * 1024;

    private Gap? _gap;

    /// <summary>Every position up to here is visible or stays empty.</summary>
    private long _settledUpTo;

    /// <summary>The present end of the log, if nothing can be added before it any more; null if it may be there the next time.</summary>
    public async Task<long?> FindEnd(CancellationToken cancellationToken)
    {
        _gap ??= await FindGap((await log.ReadBounds(cancellationToken)).Latest, cancellationToken);
        if (!await HaveWritersEnded(_gap, cancellationToken))
            return null;

        (_settledUpTo, _gap) = (_gap.UpTo, null);
        return _settledUpTo;
    }

    /// <summary>The next changes after a position; none if there are none yet.</summary>
    public async Task<SettledChanges> Read(long after, int limit, CancellationToken cancellationToken)
    {
        var (settledUpTo, gap) = (_settledUpTo, _gap);
        if (gap is not null && await HaveWritersEnded(gap, cancellationToken))
            (settledUpTo, gap) = (gap.UpTo, null);

        var page = await log.Read(new ChangeQuery(after, limit, detail) { Size = LargestPage }, cancellationToken);
        var (settled, end) = (0, after);
        while (settled < page.Items.Length && page.Items[settled].Position is var next && (next == end + 1 || next <= settledUpTo))
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
        return new SettledChanges(page.Items[..settled], end, isBlocked, HasMore: !isBlocked && page.End < long.MaxValue);
    }

    private async Task<Gap> FindGap(long upTo, CancellationToken cancellationToken) =>
        new(upTo, await log.FindWriters(cancellationToken));

    private async Task<bool> HaveWritersEnded(Gap gap, CancellationToken cancellationToken) =>
        gap.Writers.IsEmpty || !gap.Writers.Intersect(await log.FindWriters(cancellationToken)).Any();

    /// <summary>Positions that are missing, and who may have drawn them.</summary>
    /// <param name="UpTo">The greatest position that could be seen.</param>
    /// <param name="Writers">The transactions that were writing after that.</param>
    private sealed record Gap(long UpTo, ImmutableArray<string> Writers);
}

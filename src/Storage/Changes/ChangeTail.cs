using System.Collections.Immutable;

namespace Orleans.Workflow.Storage.Changes;

/// <summary>
/// Follows the log of changes in the order of positions and passes none that may still come. Positions are drawn in ascending order,
/// so whoever drew one that is missing below a visible one had drawn it by then: once all transactions that were writing at that time
/// have ended, the next read shows it, or nobody ever will.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="detail">How much of the changes is read.</param>
public sealed class ChangeTail(IChangeLog log, ChangeDetail detail = ChangeDetail.Workflow)
{
    private const int LargestPage = 1024 * 1024;

    private Gap? _gap;
    private long _passable;

    /// <summary>Every change up to here has been read, and none will be added.</summary>
    public long Position { get; private set; }

    /// <summary>Whether the next change waits for one before it that may still come.</summary>
    public bool IsWaiting => _gap is not null;

    /// <summary>Whether the last read left something that can be read at once.</summary>
    public bool HasMore { get; private set; }

    /// <summary>Goes to a position up to which everything is known or not wanted.</summary>
    public void MoveTo(long position) => (Position, _passable, _gap) = (position, position, null);

    /// <summary>Goes to the present end of the log, if nothing can be added before it any more.</summary>
    /// <returns>Whether it has; if not, it may the next time.</returns>
    public async Task<bool> TryMoveToEnd(CancellationToken cancellationToken)
    {
        if (_gap is null)
        {
            var bounds = await log.ReadBounds(cancellationToken);
            await Wait(bounds.Latest, cancellationToken);
        }

        if (!await HaveWritersEnded(cancellationToken))
            return false;

        MoveTo(_gap!.UpTo);
        return true;
    }

    /// <summary>The next changes, by ascending position; none if there are none yet.</summary>
    public async Task<ImmutableArray<Change>> Read(int limit, CancellationToken cancellationToken)
    {
        if (_gap is { } gap && await HaveWritersEnded(cancellationToken))
            (_passable, _gap) = (gap.UpTo, null);

        var page = await log.Read(new ChangeQuery(Position, limit, detail) { Size = LargestPage }, cancellationToken);
        var settled = 0;
        while (settled < page.Items.Length && page.Items[settled].Position is var next && (next == Position + 1 || next <= _passable))
        {
            Position = next;
            settled++;
        }

        HasMore = settled == page.Items.Length && page.End < long.MaxValue;
        if (settled == page.Items.Length)
            _gap = null;
        else if (_gap is null || page.Items[settled].Position > _gap.UpTo)
            await Wait(page.Items[^1].Position, cancellationToken);

        return page.Items[..settled];
    }

    private async Task Wait(long upTo, CancellationToken cancellationToken) =>
        _gap = new Gap(upTo, await log.FindWriters(cancellationToken));

    private async Task<bool> HaveWritersEnded(CancellationToken cancellationToken) =>
        _gap!.Writers.IsEmpty || !_gap.Writers.Intersect(await log.FindWriters(cancellationToken)).Any();

    /// <summary>Positions that are missing, and who may have drawn them.</summary>
    /// <param name="UpTo">The greatest position that could be seen.</param>
    /// <param name="Writers">The transactions that were writing after that.</param>
    private sealed record Gap(long UpTo, ImmutableArray<string> Writers);
}

using System.Collections.Immutable;
using Orleans.Workflow.Storage.Feed;

namespace Orleans.Workflow.Storage.Tests.Feed;

/// <summary>A reader of the log that moves its position when a read has succeeded.</summary>
internal sealed class Follower(IChangeLog log, ChangeDetail detail = ChangeDetail.Workflow)
{
    private readonly ChangeFollower _tail = new(log, detail);

    /// <summary>Everything up to here was read.</summary>
    public ChangePosition Position { get; set; } = new(null, 0, null);

    /// <summary>Whether the log is not the history any more that the position belongs to.</summary>
    public bool IsOfOtherHistory { get; private set; }

    /// <summary>Whether the last read found a gap that may still be filled.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>The next changes.</summary>
    public async Task<ImmutableArray<Change>> Read(int limit)
    {
        if (await _tail.Read(Position, limit, CancellationToken.None) is not { } changes)
        {
            IsOfOtherHistory = true;
            return [];
        }

        (Position, IsWaiting) = (changes.End, changes.IsBlockedByGap);
        return changes.Items;
    }

    /// <summary>Moves to the end of the log, if nothing can be added before it any more.</summary>
    public async Task<bool> TrySkipToEnd()
    {
        if (await _tail.FindEnd(CancellationToken.None) is not { } end)
            return false;

        Position = end;
        return true;
    }
}

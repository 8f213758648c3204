using System.Collections.Immutable;
using Orleans.Workflow.Storage.Feed;

namespace Orleans.Workflow.Storage.Tests.Feed;

/// <summary>A reader of the log that moves its position when a read has succeeded.</summary>
internal sealed class Follower<T>(IPositionLog<T> log, LogDetail detail = LogDetail.Workflow)
    where T : ILogEntry
{
    private readonly LogFollower<T> _tail = new(log, detail);

    /// <summary>Everything up to here was read.</summary>
    public LogPosition Position { get; set; } = new(null, 0, null);

    /// <summary>Whether the log is not the history any more that the position belongs to.</summary>
    public bool IsOfOtherHistory { get; private set; }

    /// <summary>Whether the last read found a gap that may still be filled.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>The next entries.</summary>
    public async Task<ImmutableArray<T>> Read(int limit)
    {
        if (await _tail.Read(Position, limit, CancellationToken.None) is not { } read)
        {
            IsOfOtherHistory = true;
            return [];
        }

        (Position, IsWaiting) = (read.End, read.IsBlockedByGap);
        return read.Items;
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

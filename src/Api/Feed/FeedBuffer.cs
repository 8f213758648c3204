using Orleans.Workflow.Storage.Feed;

namespace Orleans.Workflow.Api.Feed;

/// <summary>Events that follow each other.</summary>
/// <param name="Events">The events.</param>
/// <param name="End">Every event up to here is among them, or before them.</param>
internal readonly record struct FeedBatch(IReadOnlyList<FeedEvent> Events, LogPosition End);

/// <summary>
/// The latest events, for many readers: a ring that is bounded in number and in bytes. Safe for many threads.
/// </summary>
/// <param name="maxBytes">How many bytes of events it holds at most.</param>
internal sealed class FeedBuffer(long maxBytes = 16 * 1024 * 1024)
{
    private const int Capacity = 4096;

    private readonly Lock _lock = new();
    private readonly FeedEvent[] _events = new FeedEvent[Capacity];
    private TaskCompletionSource _more = NewSource();
    private int _first;
    private int _count;
    private long _bytes;
    private long _begin;
    private LogPosition _end = new(null, 0, null);
    private long _revision;

    /// <summary>Every event up to here is known.</summary>
    public LogPosition End
    {
        get
        {
            lock (_lock)
                return _end;
        }
    }

    /// <summary>See <see cref="LogHistory.Revision"/>; that of the events.</summary>
    public long Revision
    {
        get
        {
            lock (_lock)
                return _revision;
        }
    }

    /// <summary>Drops everything and begins after a position.</summary>
    public void Restart(LogPosition position)
    {
        lock (_lock)
            Clear(position);
    }

    /// <summary>Drops the events if entries were changed since they were read: readers read the log.</summary>
    public void DropBefore(long revision)
    {
        lock (_lock)
        {
            if (revision <= _revision)
                return;

            Clear(_end);
            _revision = revision;
        }
    }

    /// <summary>Adds the events that follow; the oldest make room.</summary>
    /// <returns>
    /// Whether they were added; not if they were read before entries were changed. They must be read again.
    /// </returns>
    public bool Add(FeedBatch batch, long revision)
    {
        TaskCompletionSource more;
        lock (_lock)
        {
            if (revision != _revision)
            {
                // An earlier one is of a page that was on its way, or of a database that was put back.
                var isLater = revision > _revision;
                Clear(_end);
                _revision = revision;
                if (!isLater)
                    return false;
            }

            foreach (var added in batch.Events)
            {
                if (_count == Capacity)
                    RemoveOldest();

                _events[(_first + _count++) % Capacity] = added;
                _bytes += added.Size;
                while (_bytes > maxBytes)
                    RemoveOldest();
            }

            _end = batch.End;
            (more, _more) = (_more, NewSource());
        }

        more.SetResult();
        return true;
    }

    /// <summary>The events after a position, so many at most; null if some of them are not here any more.</summary>
    public FeedBatch? Read(LogPosition after, int limit)
    {
        lock (_lock)
        {
            if (after.Number < _begin)
                return null;

            var skipped = CountUpTo(after.Number);
            var events = new FeedEvent[Math.Min(limit, _count - skipped)];
            for (var i = 0; i < events.Length; i++)
                events[i] = _events[(_first + skipped + i) % Capacity];

            var isLast = skipped + events.Length == _count;
            return new FeedBatch(
                events,
                !isLast ? events[^1].Position
                    : after.Number > _end.Number ? after
                    : _end
            );
        }
    }

    /// <summary>Completes when something is known beyond a position.</summary>
    public Task WhenBeyond(LogPosition position)
    {
        lock (_lock)
            return _end.Number > position.Number ? Task.CompletedTask : _more.Task;
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Clear(LogPosition end)
    {
        Array.Clear(_events);
        (_first, _count, _bytes) = (0, 0, 0);
        (_begin, _end) = (end.Number, end);
    }

    private void RemoveOldest()
    {
        var oldest = _events[_first];
        _events[_first] = null!;
        _first = (_first + 1) % Capacity;
        _count--;
        _bytes -= oldest.Size;
        _begin = oldest.Position.Number;
    }

    /// <summary>How many of the events are at a position or before it.</summary>
    private int CountUpTo(long position)
    {
        var (low, high) = (0, _count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_events[(_first + middle) % Capacity].Position.Number <= position)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}

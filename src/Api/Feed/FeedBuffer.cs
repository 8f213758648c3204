using Orleans.Workflow.Storage.Feed;

namespace Orleans.Workflow.Api.Feed;

/// <summary>Events that follow each other.</summary>
/// <param name="Events">The events.</param>
/// <param name="End">Every event up to here is among them, or before them.</param>
internal readonly record struct FeedBatch(IReadOnlyList<FeedEvent> Events, ChangePosition End);

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
    private ChangePosition _end = new(null, 0, null);

    /// <summary>Every event up to here is known.</summary>
    public ChangePosition End
    {
        get
        {
            lock (_lock)
                return _end;
        }
    }

    /// <summary>Drops everything and begins after a position.</summary>
    public void Restart(ChangePosition position)
    {
        lock (_lock)
        {
            Array.Clear(_events);
            (_first, _count, _bytes) = (0, 0, 0);
            (_begin, _end) = (position.Number, position);
        }
    }

    /// <summary>Adds the events that follow; the oldest make room.</summary>
    public void Add(FeedBatch batch)
    {
        TaskCompletionSource more;
        lock (_lock)
        {
            foreach (var added in batch.Events)
            {
                if (_count == Capacity)
                    RemoveOldest();

                _events[(_first + _count++) % Capacity] = added;
                _bytes += added.Frame.Length;
                while (_bytes > maxBytes)
                    RemoveOldest();
            }

            _end = batch.End;
            (more, _more) = (_more, NewSource());
        }

        more.SetResult();
    }

    /// <summary>The events after a position, so many at most; null if some of them are not here any more.</summary>
    public FeedBatch? Read(ChangePosition after, int limit)
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
    public Task WhenBeyond(ChangePosition position)
    {
        lock (_lock)
            return _end.Number > position.Number ? Task.CompletedTask : _more.Task;
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void RemoveOldest()
    {
        var oldest = _events[_first];
        _events[_first] = null!;
        _first = (_first + 1) % Capacity;
        _count--;
        _bytes -= oldest.Frame.Length;
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

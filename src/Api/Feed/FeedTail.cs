using Orleans.Workflow.Storage.Changes;

namespace Orleans.Workflow.Api.Feed;

/// <summary>
/// Follows the log of changes for all readers of the process that want as much of them, as long as there are any: one query for all.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="detail">How much of the changes is read.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where failures are told.</param>
internal sealed class FeedTail(IChangeLog log, ChangeDetail detail, TimeProvider time, ILogger logger)
{
    private const int Page = 500;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>What is missing is being committed: it takes milliseconds.</summary>
    private static readonly TimeSpan PauseWhileWaiting = TimeSpan.FromMilliseconds(10);

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private int _readers;
    private TaskCompletionSource _wanted = NewSource();
    private TaskCompletionSource _started = NewSource();

    /// <summary>How much of the changes it has.</summary>
    public ChangeDetail Detail => detail;

    /// <summary>The latest changes.</summary>
    public FeedBuffer Buffer { get; } = new();

    /// <summary>Whether anybody reads.</summary>
    public bool HasReaders
    {
        get
        {
            lock (_lock)
                return _readers > 0;
        }
    }

    /// <summary>Counts a reader until it is disposed of.</summary>
    public IDisposable AddReader()
    {
        lock (_lock)
        {
            _readers++;
            _wanted.TrySetResult();
        }

        return new Reader(this);
    }

    /// <summary>Completes when the buffer is up to date; for those who have added a reader.</summary>
    public Task WhenStarted()
    {
        lock (_lock)
            return _started.Task;
    }

    /// <summary>Follows the log whenever there are readers, until it is cancelled.</summary>
    public async Task Run(CancellationToken cancellationToken)
    {
        while (true)
        {
            await WhenWanted().WaitAsync(cancellationToken);
            await Follow(new ChangeTail(log, detail), cancellationToken);
        }
    }

    /// <summary>Begins at the present end: who wants what was before reads it from the log.</summary>
    private async Task Follow(ChangeTail tail, CancellationToken cancellationToken)
    {
        var isAtEnd = false;
        while (IsWanted())
        {
            TimeSpan pause;
            try
            {
                pause = isAtEnd ? await ReadOn(tail, cancellationToken) : PauseWhileWaiting;
                if (!isAtEnd && await tail.FindEnd(cancellationToken) is { } end)
                {
                    isAtEnd = true;
                    Start(end);
                }
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                Log.NotRead(logger, exception);
                pause = PauseAfterFailure;
            }

            if (pause > TimeSpan.Zero)
                await Task.Delay(pause, time, cancellationToken);
        }
    }

    /// <returns>How long to wait until more is read.</returns>
    private async Task<TimeSpan> ReadOn(ChangeTail tail, CancellationToken cancellationToken)
    {
        // The end of the buffer is the only position: whatever fails before the events are in it is done again.
        var changes = await tail.Read(Buffer.End, Page, cancellationToken);
        if (!changes.Items.IsEmpty)
            Buffer.Add(new FeedBatch(FeedEvent.AllOf(changes.Items, detail), changes.End));

        return changes.IsBlockedByGap ? PauseWhileWaiting : changes.HasMore ? TimeSpan.Zero : Pause;
    }

    private void Start(long position)
    {
        lock (_lock)
        {
            Buffer.Restart(position);
            _started.TrySetResult();
        }
    }

    private Task WhenWanted()
    {
        lock (_lock)
            return _wanted.Task;
    }

    /// <summary>Whether anybody reads; if not, whoever comes next waits for a new start.</summary>
    private bool IsWanted()
    {
        lock (_lock)
        {
            if (_readers > 0)
                return true;

            (_wanted, _started) = (NewSource(), NewSource());
            return false;
        }
    }

    private void RemoveReader()
    {
        lock (_lock)
            _readers--;
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Reader(FeedTail tail) : IDisposable
    {
        private int _disposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
                tail.RemoveReader();
        }
    }
}

using Orleans.Workflow.Grains;
using Orleans.Workflow.Storage.Feed;

namespace Orleans.Workflow.Api.Feed;

/// <summary>
/// Follows a log for all readers of the process that want as much of it, as long as there are any: one query for all.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where failures are logged.</param>
internal sealed class FeedTail(IFeedLog log, TimeProvider time, ILogger logger) : IDisposable
{
    private const int Page = 500;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>What is missing is being committed: it takes milliseconds.</summary>
    private static readonly TimeSpan PauseWhileWaiting = TimeSpan.FromMilliseconds(10);

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    /// <summary>Between two readings of a log without news; less is no lag.</summary>
    private static readonly TimeSpan MaxPause = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private int _readers;
    private long _upToDateAt;
    private TaskCompletionSource _wanted = NewSource();
    private TaskCompletionSource<CancellationToken> _started = NewStart();
    private CancellationTokenSource _history = new();

    /// <summary>The log that it follows.</summary>
    public IFeedLog FeedLog => log;

    /// <summary>The latest events.</summary>
    public FeedBuffer Buffer { get; } = new();

    /// <summary>Whether anybody reads.</summary>
    public bool HasReaders => Readers > 0;

    /// <summary>How many read.</summary>
    public int Readers
    {
        get
        {
            lock (_lock)
                return _readers;
        }
    }

    /// <summary>
    /// Since when the readers may lack events that are in the log; zero if there are none, or nobody reads.
    /// </summary>
    public TimeSpan Lag
    {
        get
        {
            lock (_lock)
                return _readers == 0 ? TimeSpan.Zero : Beyond(time.GetElapsedTime(_upToDateAt), MaxPause);
        }
    }

    /// <summary>Counts a reader until it is disposed of.</summary>
    public IDisposable AddReader()
    {
        lock (_lock)
        {
            if (_readers++ == 0)
                _upToDateAt = time.GetTimestamp();

            _wanted.TrySetResult();
        }

        return new Reader(this);
    }

    /// <summary>Completes when the buffer is up to date; for a caller that has added a reader.</summary>
    /// <returns>Cancelled when the database does not hold the history any more that the buffer is of.</returns>
    public Task<CancellationToken> WhenStarted()
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
            log.Restart();
            await Follow(cancellationToken);
        }
    }

    /// <summary>Begins at the present end: a reader that wants earlier events reads them from the log.</summary>
    private async Task Follow(CancellationToken cancellationToken)
    {
        var isAtEnd = false;
        while (IsWanted())
        {
            TimeSpan pause;
            try
            {
                pause = PauseWhileWaiting;
                if (isAtEnd)
                {
                    if (await ReadOn(cancellationToken) is not { } next)
                    {
                        await EndHistory();
                        return;
                    }

                    pause = next;
                }
                else if (await log.FindEnd(cancellationToken) is { } end)
                {
                    isAtEnd = true;
                    Start(end);
                }
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                Safely.Log(exception, () => Log.NotRead(logger, exception));
                pause = PauseAfterFailure;
            }

            if (pause > TimeSpan.Zero)
                await Task.Delay(pause, time, cancellationToken);
        }
    }

    /// <returns>How long to wait until more is read; null if the log is not the same history any more.</returns>
    private async Task<TimeSpan?> ReadOn(CancellationToken cancellationToken)
    {
        // The end of the buffer is the only position: whatever fails before the events are in it is done again.
        if (await log.ReadNext(Buffer.End, Page, cancellationToken) is not { } read)
            return null;

        var isNew = read.End.Number > Buffer.End.Number || read.Revision != Buffer.Revision;
        if (isNew && !Buffer.Add(new FeedBatch(read.Items, read.End), read.Revision))
            return PauseWhileWaiting;

        if (read is { IsBlockedByGap: false, HasMore: false })
            NoteUpToDate();

        return read.IsBlockedByGap ? PauseWhileWaiting
            : read.HasMore ? TimeSpan.Zero
            : Pause;
    }

    private void NoteUpToDate()
    {
        lock (_lock)
            _upToDateAt = time.GetTimestamp();
    }

    /// <summary>What a time is more than another one.</summary>
    private static TimeSpan Beyond(TimeSpan elapsed, TimeSpan allowed) =>
        elapsed > allowed ? elapsed - allowed : TimeSpan.Zero;

    private void Start(LogPosition position)
    {
        lock (_lock)
        {
            Buffer.Restart(position);
            _started.TrySetResult(_history.Token);
        }
    }

    /// <summary>Ends the streams of all readers; when they come again, they learn it.</summary>
    private async Task EndHistory()
    {
        Log.OtherHistory(logger);
        CancellationTokenSource ended;
        lock (_lock)
        {
            (ended, _history) = (_history, new CancellationTokenSource());
            _started = NewStart();
        }

        await ended.CancelAsync();
        ended.Dispose();
    }

    private Task WhenWanted()
    {
        lock (_lock)
            return _wanted.Task;
    }

    /// <summary>Whether anybody reads; if not, the next reader waits for a new start.</summary>
    private bool IsWanted()
    {
        lock (_lock)
        {
            if (_readers > 0)
                return true;

            (_wanted, _started) = (NewSource(), NewStart());
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _history.Dispose();

    private void RemoveReader()
    {
        lock (_lock)
            _readers--;
    }

    private static TaskCompletionSource<CancellationToken> NewStart() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);

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

using Microsoft.Extensions.Logging;
using Orleans.Workflow.Grains;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Health;

namespace Orleans.Workflow.Storage.Commit;

/// <summary>
/// Commits writes of many grains together: one transaction for whatever is waiting. A bad row fails only its own grain.
/// </summary>
internal abstract class BatchCommitter<TWrite, TResult> : IAsyncDisposable
    where TWrite : class, IKeyedRequest
{
    private readonly GroupCommitMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CommitHealth? _health;
    private readonly UnansweredRows _unanswered = new();
    private readonly BatchingQueue<TWrite> _queue;

    /// <summary>
    /// Prepares the queue; <see cref="Start"/> starts its workers. The health, if there is one, takes the outcome of
    /// each batch.
    /// </summary>
    protected BatchCommitter(
        IStateDatabase database,
        WaitingWrites waiting,
        GroupCommitMetrics metrics,
        TimeProvider time,
        ILogger logger,
        CommitHealth? health
    )
    {
        (Database, Waiting, _metrics, _time, _logger, _health) = (database, waiting, metrics, time, logger, health);
        _queue = new BatchingQueue<TWrite>(
            database.CommitConcurrency,
            waiting.Options.MaxBatch,
            Commit,
            database.GrowsBatches ? new BatchGrowth(time) : null
        );
    }

    protected IStateDatabase Database { get; }

    protected WaitingWrites Waiting { get; }

    /// <summary>How many writes wait for a batch.</summary>
    protected int Queued => _queue.Waiting;

    /// <summary>What the span of a batch is called.</summary>
    protected abstract string SpanName { get; }

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync() => _queue.DisposeAsync();

    /// <summary>Starts the workers.</summary>
    /// <param name="threads">What their threads are called.</param>
    /// <param name="scheduler">Where they run in place of threads of their own; null for these.</param>
    protected void Start(string threads, TaskScheduler? scheduler = null)
    {
        if (scheduler is null)
            _queue.Start(threads);
        else
            _queue.Start(scheduler);
    }

    /// <summary>Adds a write, which ends by <see cref="Complete"/> or <see cref="Fail"/>.</summary>
    protected void Add(TWrite write)
    {
        write.MaxBatch = _unanswered.MaxBatchOf(write.Key);
        _queue.Add(write);
        Waiting.Enter(write);
    }

    /// <summary>Commits writes, in one transaction.</summary>
    protected abstract Task<TResult[]> Write(IReadOnlyList<TWrite> part);

    /// <summary>How many writes another activation has overtaken.</summary>
    protected virtual int CountConflicts(IReadOnlyList<TWrite> part, TResult[] results) => 0;

    /// <summary>Answers a write that was committed.</summary>
    protected abstract void Complete(TWrite write, TResult result);

    /// <summary>Answers a write that failed.</summary>
    /// <param name="write">The write.</param>
    /// <param name="isRolledBack">Whether it is certain that it is not stored.</param>
    /// <param name="exception">The cause.</param>
    protected abstract void Fail(TWrite write, bool isRolledBack, Exception exception);

    private async Task Commit(List<TWrite> batch)
    {
        // One order of locking for all batches of all silos.
        batch.Sort(static (a, b) => RowKey.Compare(a.Key, b.Key));
        try
        {
            await CommitPart(batch);
        }
        finally
        {
            Waiting.Leave(batch);
        }
    }

    /// <param name="part">The writes.</param>
    /// <param name="isHalf">Whether they are what is left of a batch that was split, which is logged once.</param>
    private async Task CommitPart(List<TWrite> part, bool isHalf = false)
    {
        if (_health is { IsClosed: true })
        {
            // It was let in before commits failed. It is not written, and no caller has to wait until the database says
            // so.
            FailAll(part, isRolledBack: true, WorkflowUnavailableException.DuringOutage(_health.Reason));
            return;
        }

        using var span = BatchSpan.Start(SpanName, part);
        var start = _time.GetTimestamp();
        try
        {
            var results = await Write(part);
            _health?.Succeeded();
            _unanswered.Remove(part);
            _metrics.Committed(part.Count, CountConflicts(part, results), _time.GetElapsedTime(start));
            span?.Stop();
            for (var i = 0; i < part.Count; i++)
                Complete(part[i], results[i]);
        }
        catch (Exception exception) when (IsSplit(part, exception))
        {
            // Some row is bad and nothing was written: halves, until each bad row is alone and the others are through.
            _metrics.CommitFailed(exception, _time.GetElapsedTime(start));
            _metrics.Split();
            BatchSpan.Fail(span, exception);
            if (!isHalf && _health is not { IsFailing: true })
                Safely.Run(() => Log.BatchSplit(_logger, exception, part.Count));

            var half = part.Count / 2;
            await CommitPart(part.GetRange(0, half), isHalf: true);
            await CommitPart(part.GetRange(half, part.Count - half), isHalf: true);
        }
        catch (Exception exception)
        {
            _metrics.CommitFailed(exception, _time.GetElapsedTime(start));
            BatchSpan.Fail(span, exception);
            NoteFailure(exception, part.Count);
            var isRolledBack = Database.ProvesRollback(exception);
            if (isRolledBack)
                _unanswered.Remove(part);
            else if (Database.CauseOf(exception) != FailureCause.Database)
                _unanswered.Add(part);

            FailAll(part, isRolledBack, exception);
        }
    }

    private void FailAll(List<TWrite> part, bool isRolledBack, Exception exception)
    {
        _health?.Refused(part.Count);
        foreach (var write in part)
            Fail(write, isRolledBack, exception);
    }

    /// <summary>
    /// Whether a batch failed for a row in it: nothing was written, and the database itself is not to blame.
    /// </summary>
    private bool IsSplit(List<TWrite> part, Exception exception) =>
        part.Count > 1 && Database.ProvesRollback(exception) && Database.CauseOf(exception) != FailureCause.Database;

    /// <summary>Reports it to the health; an outage is logged once, other failures one by one.</summary>
    private void NoteFailure(Exception exception, int writes)
    {
        var cause = Database.CauseOf(exception);
        if (_health is not null && cause != FailureCause.Row)
            _health.Failed(exception, cause == FailureCause.Database);

        if (_health is { IsFailing: true })
            return;

        if (ConnectionLoss.Is(exception))
            Safely.Log(exception, () => Log.BatchLost(_logger, writes, "writes", FailureReason.Of(exception)));
        else
            Safely.Log(exception, () => Log.BatchFailed(_logger, exception, writes));
    }
}

using Microsoft.Extensions.Logging;
using Orleans.Workflow.Grains;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Health;

namespace Orleans.Workflow.Storage.Commit;

/// <summary>
/// Commits the writes of many grains together: one transaction for whatever is waiting. A bad row fails only its own
/// grain, and an unknown outcome is reported as a failure to all.
/// </summary>
internal sealed class GroupCommitter : IWorkflowStorage, IWriteAdmission, IAsyncDisposable
{
    /// <summary>How many bytes may wait to be written before a notification that is not small is refused.</summary>
    // An Api that gives up after 10 s takes the next body, while the one before still waits here (ADR 0038).
    private const long MaxWaitingBytes = 256 * 1024 * 1024;

    private const int SmallBytes = 64 * 1024;

    private readonly IStateDatabase _database;
    private readonly GroupCommitMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<GroupCommitter> _logger;
    private readonly GroupCommitOptions _options;
    private readonly CommitHealth? _health;
    private readonly UnansweredRows _unanswered = new();
    private readonly BatchingQueue<StateWrite> _writes;
    private readonly BatchingQueue<StateRead> _reads;
    private int _takingIn;
    private long _bytesTakingIn;
    private int _reading;

    /// <summary>Starts to gather.</summary>
    /// <param name="database">Where is committed.</param>
    /// <param name="options">How much is committed together.</param>
    /// <param name="metrics">Measures it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Takes what fails.</param>
    /// <param name="health">Takes the outcome of each batch of writes; null if nothing needs it.</param>
    /// <param name="scheduler">Where batches are worked on; writes on threads of their own, reads on the thread pool
    /// unless something else is said.</param>
    public GroupCommitter(
        IStateDatabase database,
        GroupCommitOptions options,
        GroupCommitMetrics metrics,
        TimeProvider time,
        ILogger<GroupCommitter> logger,
        TaskScheduler? scheduler = null,
        CommitHealth? health = null
    )
    {
        _database = database;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _options = options;
        _health = health;
        _writes = new BatchingQueue<StateWrite>(
            database.Lanes,
            options.MaxBatch,
            Commit,
            database.GrowsBatches ? new BatchGrowth(time) : null
        );
        _reads = new BatchingQueue<StateRead>(database.Lanes, options.MaxBatch, Fetch);
        _metrics.Observe(
            () => _writes.Waiting,
            () => _reads.Waiting,
            () => Volatile.Read(ref _takingIn),
            options.MaxWaiting
        );
        if (scheduler is null)
            _writes.Start("workflow-commit");
        else
            _writes.Start(scheduler);

        _reads.Start(scheduler ?? TaskScheduler.Default);
    }

    /// <summary>How many bytes were let in and are not written yet.</summary>
    internal long WaitingBytes => Volatile.Read(ref _bytesTakingIn);

    /// <inheritdoc/>
    public bool HasRoomFor(int waiting, int bytes) =>
        waiting < _options.MaxWaitingOfWorkflow
        && Volatile.Read(ref _takingIn) < _options.MaxWaiting
        && (bytes <= SmallBytes || WaitingBytes + bytes <= MaxWaitingBytes);

    /// <inheritdoc/>
    public bool IsClosed => _health is { IsClosed: true };

    /// <inheritdoc/>
    public bool IsFailing => _health is { IsFailing: true };

    /// <inheritdoc/>
    public string? WhyFailing => _health?.Reason;

    /// <inheritdoc/>
    public int Epoch => _database.Epoch;

    /// <inheritdoc/>
    public Task<CommitResult> Commit(WorkflowCommit commit)
    {
        var write = new StateWrite(commit);
        write.MaxBatch = _unanswered.MaxBatchOf(write.Key);
        _writes.Add(write);
        Interlocked.Increment(ref _takingIn);
        Interlocked.Add(ref _bytesTakingIn, write.Size);
        return write.Result;
    }

    /// <inheritdoc/>
    public async Task<StoredRow?> Read(string workflowId)
    {
        if (Volatile.Read(ref _reading) >= _options.MaxWaiting)
            throw new WorkflowBusyException("Too many workflows are waiting to be read; ask again later.");

        var read = new StateRead(RowKey.OfWorkflow(workflowId));
        _reads.Add(read);
        Interlocked.Increment(ref _reading);
        try
        {
            return await read.Answer.Task;
        }
        catch (Exception exception)
        {
            // The cause is logged where it happened: a database driver's exception cannot be sent to another process,
            // and the caller would get the failure of its serialization instead.
            throw new WorkflowUnavailableException(
                $"The state of workflow {workflowId} could not be read ({exception.GetType().Name}); ask again."
            )
            {
                IsOutage = IsFailing,
            };
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _writes.DisposeAsync();
        await _reads.DisposeAsync();
    }

    private async Task Commit(List<StateWrite> batch)
    {
        // One order of locking for all batches of all silos.
        batch.Sort(static (a, b) => RowKey.Compare(a.Key, b.Key));
        try
        {
            await CommitPart(batch);
        }
        finally
        {
            Interlocked.Add(ref _takingIn, -batch.Count);
            Interlocked.Add(ref _bytesTakingIn, -batch.Sum(static write => (long)write.Size));
        }
    }

    private async Task CommitPart(List<StateWrite> part)
    {
        if (IsClosed)
        {
            // It was let in before commits failed. It is not written, and no caller has to wait until the database says
            // so.
            foreach (var write in part)
                write.Complete(new CommitResult.RolledBack(WorkflowUnavailableException.DuringOutage(WhyFailing)));

            return;
        }

        using var span = BatchSpan.Start("workflow.commit", part);
        var start = _time.GetTimestamp();
        try
        {
            var results = await _database.Write(part, CancellationToken.None);
            _health?.Succeeded();
            _unanswered.Remove(part);
            var conflicts = part.Where(
                    (write, i) => write.Commit.Version is not null && results[i] is CommitResult.NotNext
                )
                .Count();
            _metrics.Committed(part.Count, conflicts, _time.GetElapsedTime(start));
            span?.Stop();
            for (var i = 0; i < part.Count; i++)
                part[i].Complete(results[i]);
        }
        catch (Exception exception) when (IsSplit(part, exception))
        {
            // Some row is bad and nothing was written: halves, until each bad row is alone and the others are through.
            _metrics.CommitFailed(exception, _time.GetElapsedTime(start));
            _metrics.Split();
            BatchSpan.Fail(span, exception);
            Safely.Run(() => Log.BatchSplit(_logger, exception, part.Count));
            var half = part.Count / 2;
            await CommitPart(part.GetRange(0, half));
            await CommitPart(part.GetRange(half, part.Count - half));
        }
        catch (Exception exception)
        {
            _metrics.CommitFailed(exception, _time.GetElapsedTime(start));
            BatchSpan.Fail(span, exception);
            NoteFailure(exception, part.Count);
            var isRolledBack = _database.ProvesRollback(exception);
            if (isRolledBack)
                _unanswered.Remove(part);
            else if (_database.CauseOf(exception) != FailureCause.Database)
                _unanswered.Add(part);

            CommitResult result = isRolledBack
                ? new CommitResult.RolledBack(exception)
                : new CommitResult.Unknown(exception);
            foreach (var write in part)
                write.Complete(result);
        }
    }

    /// <summary>
    /// Whether a batch failed for a row in it: nothing was written, and the database itself is not to blame.
    /// </summary>
    private bool IsSplit(List<StateWrite> part, Exception exception) =>
        part.Count > 1 && _database.ProvesRollback(exception) && _database.CauseOf(exception) != FailureCause.Database;

    /// <summary>Tells the health of it; during an outage that is logged once, other failures one by one.</summary>
    private void NoteFailure(Exception exception, int writes)
    {
        var cause = _database.CauseOf(exception);
        if (_health is not null && cause != FailureCause.Row)
            _health.Failed(exception, cause == FailureCause.Database);

        if (!IsFailing)
            Safely.Log(exception, () => Log.BatchFailed(_logger, exception, writes));
    }

    private async Task Fetch(List<StateRead> batch)
    {
        using var span = BatchSpan.Start("workflow.read", batch);
        var start = _time.GetTimestamp();
        try
        {
            var rows = await _database.Read(batch, CancellationToken.None);
            _metrics.Fetched(_time.GetElapsedTime(start));
            span?.Stop();
            for (var i = 0; i < batch.Count; i++)
                batch[i].Answer.TrySetResult(rows[i]);
        }
        catch (Exception exception)
        {
            _metrics.FetchFailed(exception, _time.GetElapsedTime(start));
            BatchSpan.Fail(span, exception);
            if (!IsFailing)
                Safely.Log(exception, () => Log.ReadFailed(_logger, exception, batch.Count));

            foreach (var read in batch)
                read.Fail(exception);
        }
        finally
        {
            Interlocked.Add(ref _reading, -batch.Count);
        }
    }
}

/// <summary>How much is committed together.</summary>
/// <param name="MaxBatch">How many grains one transaction writes at most.</param>
/// <param name="MaxWaiting">How many workflows may wait to be written, and how many rows to be read, before more is
/// refused.</param>
/// <param name="MaxWaitingOfWorkflow">How many notifications of one workflow may wait before more is refused.</param>
public sealed record GroupCommitOptions(int MaxBatch = 256, int MaxWaiting = 4096, int MaxWaitingOfWorkflow = 1024);

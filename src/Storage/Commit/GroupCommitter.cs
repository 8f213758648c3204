using Microsoft.Extensions.Logging;
using Orleans.Workflow.Grains;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Health;

namespace Orleans.Workflow.Storage.Commit;

/// <summary>
/// Commits the writes of many workflows together. An unknown outcome is reported as a failure to all.
/// </summary>
internal sealed class GroupCommitter : BatchCommitter<StateWrite, CommitResult>, IWorkflowStorage, IWriteAdmission
{
    private readonly GroupCommitMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<GroupCommitter> _logger;
    private readonly CommitHealth? _health;
    private readonly BatchingQueue<StateRead> _reads;
    private int _reading;

    /// <summary>
    /// Starts to gather. Without a scheduler writes have threads of their own, and reads the thread pool.
    /// </summary>
    public GroupCommitter(
        IStateDatabase database,
        WaitingWrites waiting,
        GroupCommitMetrics metrics,
        TimeProvider time,
        ILogger<GroupCommitter> logger,
        TaskScheduler? scheduler = null,
        CommitHealth? health = null
    )
        : base(database, waiting, metrics, time, logger, health)
    {
        (_metrics, _time, _logger, _health) = (metrics, time, logger, health);
        _reads = new BatchingQueue<StateRead>(database.CommitConcurrency, waiting.Options.MaxBatch, Fetch);
        _metrics.ObserveQueue("state", () => Queued);
        _metrics.Observe(() => _reads.Waiting, () => waiting.Count, waiting.Options.MaxWaiting);
        Start("workflow-commit", scheduler);
        _reads.Start(scheduler ?? TaskScheduler.Default);
    }

    /// <inheritdoc/>
    protected override string SpanName => "workflow.commit";

    /// <inheritdoc/>
    public bool HasRoomFor(int waiting, int bytes) => Waiting.HasRoomFor(waiting, bytes);

    /// <inheritdoc/>
    public bool IsClosed => _health is { IsClosed: true };

    /// <inheritdoc/>
    public bool IsFailing => _health is { IsFailing: true };

    /// <inheritdoc/>
    public string? WhyFailing => _health?.Reason;

    /// <inheritdoc/>
    public void ThrowIfClosed()
    {
        if (_health is not { IsClosed: true })
            return;

        _health.Refused(1);
        throw WorkflowUnavailableException.DuringOutage(_health.Reason);
    }

    /// <inheritdoc/>
    public DateTimeOffset? FailingSince => _health?.FailingSince;

    /// <inheritdoc/>
    public int WaitingCount => Waiting.Count;

    /// <inheritdoc/>
    public int MaxWaiting => Waiting.Options.MaxWaiting;

    /// <inheritdoc/>
    public int Epoch => Database.Epoch;

    /// <inheritdoc/>
    public Task<CommitResult> Commit(WorkflowCommit commit)
    {
        var write = new StateWrite(commit);
        Add(write);
        return write.Result;
    }

    /// <inheritdoc/>
    public async Task<StoredRow?> Read(string workflowId)
    {
        if (Volatile.Read(ref _reading) >= Waiting.Options.MaxWaiting)
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
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _reads.DisposeAsync();
    }

    /// <inheritdoc/>
    protected override Task<CommitResult[]> Write(IReadOnlyList<StateWrite> part) =>
        Database.Write(part, CancellationToken.None);

    /// <inheritdoc/>
    protected override int CountConflicts(IReadOnlyList<StateWrite> part, CommitResult[] results) =>
        part.Where((write, i) => write.Commit.Version is not null && results[i] is CommitResult.NotNext).Count();

    /// <inheritdoc/>
    protected override void Complete(StateWrite write, CommitResult result) => write.Complete(result);

    /// <inheritdoc/>
    protected override void Fail(StateWrite write, bool isRolledBack, Exception exception) =>
        write.Complete(isRolledBack ? new CommitResult.RolledBack(exception) : new CommitResult.Unknown(exception));

    /// <summary>Logs it, unless that was done for all when the outage began.</summary>
    private void NoteFailure(Exception exception, int reads)
    {
        if (IsFailing)
            return;

        if (ConnectionLoss.Is(exception))
            Safely.Log(exception, () => Log.BatchLost(_logger, reads, "reads", FailureReason.Of(exception)));
        else
            Safely.Log(exception, () => Log.ReadFailed(_logger, exception, reads));
    }

    private async Task Fetch(List<StateRead> batch)
    {
        using var span = BatchSpan.Start("workflow.read", batch);
        var start = _time.GetTimestamp();
        try
        {
            var rows = await Database.Read(batch, CancellationToken.None);
            _metrics.Fetched(_time.GetElapsedTime(start));
            span?.Stop();
            for (var i = 0; i < batch.Count; i++)
                batch[i].Answer.TrySetResult(rows[i]);
        }
        catch (Exception exception)
        {
            _metrics.FetchFailed(exception, _time.GetElapsedTime(start));
            BatchSpan.Fail(span, exception);
            NoteFailure(exception, batch.Count);

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

using System.Diagnostics;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Storage.Commit;

/// <summary>A commit that waits to be written.</summary>
internal sealed class StateWrite(WorkflowCommit commit) : IKeyedRequest
{
    private readonly TaskCompletionSource<CommitResult> _result = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );

    /// <inheritdoc/>
    public RowKey Key { get; } = RowKey.OfWorkflow(commit.Workflow.WorkflowId);

    public WorkflowCommit Commit => commit;

    /// <summary>What is computed from it.</summary>
    public ComputedColumns Columns { get; } = ComputedColumns.Of(commit);

    /// <summary>The workflow as lists show it; null if they do not.</summary>
    public WorkflowRow? Listed => commit.IsListed ? commit.Workflow : null;

    /// <inheritdoc/>
    public IReadOnlyList<Activity> Callers => commit.Callers;

    /// <summary>What became of it.</summary>
    public Task<CommitResult> Result => _result.Task;

    /// <inheritdoc/>
    public int Size { get; } =
        (commit.State?.Length ?? 0)
        + (commit.Snapshot?.Payload.Length ?? 0)
        + commit.Receipts.Sum(static receipt => receipt.Body.Length);

    /// <inheritdoc/>
    public int MaxBatch { get; set; } = int.MaxValue;

    /// <summary>Says what became of it.</summary>
    public void Complete(CommitResult result) => _result.TrySetResult(result);

    /// <inheritdoc/>
    public void Fail(Exception exception) => Complete(new CommitResult.Unknown(exception));
}

/// <summary>A row that waits to be read.</summary>
internal sealed class StateRead(RowKey key) : IKeyedRequest
{
    /// <inheritdoc/>
    public RowKey Key => key;

    /// <inheritdoc/>
    public IReadOnlyList<Activity> Callers { get; } = BatchSpan.Caller();

    public TaskCompletionSource<StoredRow?> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc/>
    public int Size => 0;

    /// <inheritdoc/>
    public int MaxBatch { get; set; } = int.MaxValue;

    /// <inheritdoc/>
    public void Fail(Exception exception) => Answer.TrySetException(exception);
}

/// <summary>A request for one row.</summary>
internal interface IKeyedRequest
{
    /// <summary>The row.</summary>
    RowKey Key { get; }

    /// <summary>The spans of the calls that wait for it, as far as they are traced.</summary>
    IReadOnlyList<Activity> Callers { get; }

    /// <summary>About how many bytes it writes.</summary>
    int Size { get; }

    /// <summary>How many requests its batch may hold.</summary>
    int MaxBatch { get; set; }

    /// <summary>Ends it with an exception, unless it has ended.</summary>
    void Fail(Exception exception);
}

using System.Diagnostics;
using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Storage.ReadModel;

namespace Orleans.Workflow.Storage.GroupCommit;

/// <summary>A state row that waits to be written, with the rows derived from it.</summary>
/// <param name="key">Where it goes.</param>
/// <param name="etag">The version that was read; null if there was no row.</param>
/// <param name="payload">The serialised state; empty if the rows keep the one that is stored.</param>
/// <param name="rows">What is derived from it.</param>
internal sealed class StateWrite(RowKey key, int? etag, ReadOnlyMemory<byte> payload, CommitRows? rows) : IKeyedRequest
{
    public RowKey Key => key;

    public int? ETag => etag;

    public ReadOnlyMemory<byte> Payload => payload;

    public CommitRows? Rows => rows;

    /// <summary>Whether the state that is stored stays, and its version with it.</summary>
    public bool KeepsState { get; } = rows is { KeepsState: true };

    /// <summary>Whether nobody has looked if there is a state; what is stored is the answer then.</summary>
    public bool IsFirst { get; } = rows is { IsFirst: true };

    /// <summary>What the columns of the rows hold beside what they say themselves; null if there are none, or if they keep the state.</summary>
    public ComputedColumns? Columns { get; } = rows is null or { KeepsState: true } ? null : ComputedColumns.Of(rows);

    /// <summary>How the state differs from the one that was written whole before; null if it is to be written whole.</summary>
    public byte[]? Edits { get; init; }

    /// <inheritdoc/>
    public IReadOnlyList<Activity> Callers { get; } = rows is null ? BatchSpan.Caller() : rows.Callers;

    /// <summary>What became of it.</summary>
    public TaskCompletionSource<WriteOutcome> Written { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc/>
    public int Size => payload.Length + (rows?.Receipts.Sum(static receipt => receipt.Body.Length) ?? 0);

    /// <inheritdoc/>
    public void Fail(Exception exception) => Written.TrySetException(exception);
}

/// <summary>What became of a write.</summary>
/// <param name="Version">The version that is stored now; null if another one was stored than was read, and nothing was written.</param>
/// <param name="Stored">What is stored, if that was refused because <see cref="CommitRows.IsFirst"/> it should have been; null if it was not to be seen yet.</param>
internal readonly record struct WriteOutcome(int? Version, StoredState? Stored = null);

/// <summary>A state row that waits to be read.</summary>
/// <param name="key">Where it is.</param>
internal sealed class StateRead(RowKey key) : IKeyedRequest
{
    public RowKey Key => key;

    /// <inheritdoc/>
    public IReadOnlyList<Activity> Callers { get; } = BatchSpan.Caller();

    public TaskCompletionSource<StoredState?> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc/>
    public int Size => 0;

    /// <inheritdoc/>
    public void Fail(Exception exception) => Answer.TrySetException(exception);
}

/// <summary>A state row.</summary>
/// <param name="Payload">The serialised state; null if it was cleared.</param>
/// <param name="Version">The row's version.</param>
/// <param name="Heard">What was received since it was written; null unless its workflow is in the list.</param>
internal sealed record StoredState(byte[]? Payload, int? Version, Heard? Heard = null);

/// <summary>How much was received of a workflow, as its row in the list says.</summary>
/// <param name="Seq">How many receipts there were.</param>
/// <param name="LastReceivedAt">The latest time of receipt, in Unix milliseconds.</param>
internal readonly record struct Heard(long Seq, long LastReceivedAt);

/// <summary>A request for one row.</summary>
internal interface IKeyedRequest
{
    /// <summary>The row.</summary>
    RowKey Key { get; }

    /// <summary>The spans of those who wait for it, as far as they are traced.</summary>
    IReadOnlyList<Activity> Callers { get; }

    /// <summary>About how many bytes it writes.</summary>
    int Size { get; }

    /// <summary>Answers it with an exception, unless it has its answer.</summary>
    void Fail(Exception exception);
}

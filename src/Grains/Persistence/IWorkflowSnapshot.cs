using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Grains.Persistence;

/// <summary>A place from which on a state is the fold of everything before it under one vocabulary.</summary>
/// <param name="Seq">The place in the order of the fold.</param>
/// <param name="Vocabulary">The fingerprint of the vocabulary.</param>
public sealed record RefoldMark(long Seq, string Vocabulary);

/// <summary>A count that is not that of the stored facts.</summary>
/// <param name="Expected">What the facts give.</param>
/// <param name="Stored">What is stored.</param>
public sealed record Miscount(FactCount Expected, FactCount Stored);

/// <summary>What is stored of workflows, as of one moment: whatever is committed meanwhile is not seen.</summary>
public interface IWorkflowSnapshot : IAsyncDisposable
{
    /// <summary>The ids of workflows of which anything is stored, ascending byte for byte.</summary>
    /// <param name="after">The id before the first; empty for all.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task<IReadOnlyList<string>> ListIds(string after, int limit, CancellationToken cancellationToken);

    /// <summary>The baseline that replaces the removed receipts of a workflow; null if none were removed.</summary>
    Task<BaselineRow?> FindBaseline(string workflowId, CancellationToken cancellationToken);

    /// <summary>
    /// The last refold of a workflow that is held, up to a place in the order of the fold; null if there is none.
    /// </summary>
    Task<RefoldMark?> FindLastRefold(string workflowId, long upTo, CancellationToken cancellationToken);

    /// <summary>
    /// The last place in the order of the fold that is held of a workflow, up to a place; null if there is none.
    /// </summary>
    Task<long?> FindLast(string workflowId, long upTo, CancellationToken cancellationToken);

    /// <summary>
    /// The receipts and refolds of a workflow, with their bodies, ascending by sequence number. Streamed: there may be
    /// any number.
    /// </summary>
    /// <param name="workflowId">The vendor's id.</param>
    /// <param name="afterSeq">The sequence number before the first; that of the baseline for all that are held.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    IAsyncEnumerable<ReceiptRow> Read(string workflowId, long afterSeq, CancellationToken cancellationToken);

    /// <summary>The row of a workflow; null if there is none.</summary>
    Task<StoredRow?> FindStored(string workflowId, CancellationToken cancellationToken);

    /// <summary>The serialised state of a grain; null if there is none.</summary>
    Task<byte[]?> FindState(GrainStateName name, CancellationToken cancellationToken);

    /// <summary>The columns of a workflow in the list, by name; null if it is not there.</summary>
    Task<IReadOnlyDictionary<string, object?>?> FindRow(string workflowId, CancellationToken cancellationToken);

    /// <summary>The columns that a workflow in the list should have.</summary>
    IReadOnlyDictionary<string, object?> ExpectedRow(WorkflowRow row);

    /// <summary>The counts of facts of a workflow that are not those of its stored facts.</summary>
    Task<IReadOnlyList<Miscount>> FindMiscounts(string workflowId, CancellationToken cancellationToken);

    /// <summary>The keys of stored states that belong to no workflow that is stored. Reads the whole table.</summary>
    IAsyncEnumerable<string> ListOrphans(CancellationToken cancellationToken);
}

/// <summary>Opens snapshots.</summary>
public interface IWorkflowSnapshots
{
    /// <summary>Opens one; it should be closed within seconds, because the database keeps what it sees.</summary>
    Task<IWorkflowSnapshot> Open(CancellationToken cancellationToken);
}

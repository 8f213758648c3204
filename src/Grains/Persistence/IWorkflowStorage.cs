using System.Collections.Immutable;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Grains.Persistence;

/// <summary>
/// Commits the receipts of a workflow together with its row, and reads the row. For grains; implemented by the storage.
/// </summary>
public interface IWorkflowStorage
{
    /// <summary>Reads a workflow's row; null if there is none.</summary>
    /// <exception cref="WorkflowUnavailableException">It could not be read.</exception>
    /// <exception cref="WorkflowBusyException">Too many are waiting to be read.</exception>
    Task<StoredRow?> Read(string workflowId);

    /// <summary>
    /// Commits receipts and the row that they lead to, both or neither. The payloads must not change until the result
    /// is there.
    /// </summary>
    Task<CommitResult> Commit(WorkflowCommit commit);
}

/// <summary>The row of a workflow.</summary>
/// <param name="Version">The number of the last commit that wrote it.</param>
/// <param name="State">The serialised state; null if it was cleared.</param>
/// <param name="Seq">How many receipts there are; null of a row that no commit of receipts has written.</param>
/// <param name="LastReceivedAt">The latest time of receipt, in Unix milliseconds.</param>
public sealed record StoredRow(int Version, byte[]? State, long? Seq, long? LastReceivedAt);

/// <summary>What became of a commit.</summary>
public abstract record CommitResult
{
    private CommitResult() { }

    /// <summary>It is durable.</summary>
    /// <param name="Version">The row's version.</param>
    public sealed record Committed(int Version) : CommitResult;

    /// <summary>
    /// Nothing was written: the row has another version than the commit names, or is missing although receipts were
    /// removed. The row is to be read, and the receipts are to be folded again on what is stored.
    /// </summary>
    public sealed record NotNext : CommitResult;

    /// <summary>
    /// Nothing was written: some receipts are stored already. The others may be committed without them.
    /// </summary>
    /// <param name="Receipts">The first answers to those.</param>
    public sealed record Known(ImmutableArray<Acknowledgement> Receipts) : CommitResult;

    /// <summary>Nothing was written.</summary>
    /// <param name="Cause">Why.</param>
    public sealed record RolledBack(Exception Cause) : CommitResult;

    /// <summary>It is not known whether it was written: the connection was lost, or the answer took too long.</summary>
    /// <param name="Cause">Why.</param>
    public sealed record Unknown(Exception Cause) : CommitResult;
}

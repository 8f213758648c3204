namespace Orleans.Workflow.Grains.Interfaces.Persistence;

/// <summary>Reads what a workflow was told, in the order of the fold. For whoever folds it again; implemented by the storage.</summary>
public interface IReceiptHistory
{
    /// <summary>Where the history of a workflow ends, up to a place in the order of the fold; null if there is none.</summary>
    Task<HistoryEnd?> FindEnd(string workflowId, long upTo, CancellationToken cancellationToken);

    /// <summary>Up to which place a workflow was folded when it reached a version; null if it never did.</summary>
    Task<long?> FindVersion(string workflowId, long version, CancellationToken cancellationToken);

    /// <summary>
    /// Up to which place a workflow was folded by a time, in Unix milliseconds: before the first receipt that was received later. Null
    /// if nothing was known of it then.
    /// </summary>
    Task<long?> FindTime(string workflowId, long time, CancellationToken cancellationToken);

    /// <summary>The receipts and refolds of a workflow that come after a place, up to another, ascending. Read as they are asked for, never all at once.</summary>
    IAsyncEnumerable<HistoryEntry> Read(string workflowId, long after, long upTo, CancellationToken cancellationToken);
}

/// <summary>Where a history ends.</summary>
/// <param name="Seq">The last place.</param>
/// <param name="LastRefold">The last refold before it or at it; null if there is none.</param>
public sealed record HistoryEnd(long Seq, RefoldMark? LastRefold);

/// <summary>A place from which on a state is the fold of everything before it under one vocabulary.</summary>
/// <param name="Seq">The place in the order of the fold.</param>
/// <param name="Vocabulary">The fingerprint of the vocabulary.</param>
public sealed record RefoldMark(long Seq, string Vocabulary);

/// <summary>A receipt, or a refold, as it is stored.</summary>
/// <param name="Kind">Which of the two.</param>
/// <param name="Id">Its id.</param>
/// <param name="Seq">Its place in the order of the fold, from 1.</param>
/// <param name="ReceivedAt">When it was received or made, in Unix milliseconds.</param>
/// <param name="Source">The named sender; of a refold the job that asked for it.</param>
/// <param name="Version">The workflow's version after it.</param>
/// <param name="Vocabulary">The fingerprint of the vocabulary under which it was folded.</param>
/// <param name="Body">The raw body; empty of a refold.</param>
/// <param name="ChangedNodes">The ids of the node tasks that it changed; null if it changed nothing at all.</param>
public sealed record HistoryEntry(
    ReceiptKind Kind,
    Guid Id,
    long Seq,
    long ReceivedAt,
    string Source,
    long Version,
    string Vocabulary,
    ReadOnlyMemory<byte> Body,
    IReadOnlyCollection<string>? ChangedNodes);

/// <summary>What a row of the table of receipts is. The numbers are persisted.</summary>
public enum ReceiptKind
{
    /// <summary>An accepted notification.</summary>
    Notification = 0,

    /// <summary>The workflow was folded again from its receipts under another vocabulary.</summary>
    Refold = 1,
}

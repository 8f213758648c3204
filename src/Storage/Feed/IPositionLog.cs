using System.Collections.Immutable;

namespace Orleans.Workflow.Storage.Feed;

/// <summary>An entry of a log.</summary>
public interface ILogEntry
{
    /// <summary>Its place among all entries. Unique and ascending; not without gaps.</summary>
    long Position { get; }

    /// <summary>The receipt that it came with.</summary>
    Guid ReceiptId { get; }
}

/// <summary>How much of an entry is read; each costs more than the one before.</summary>
public enum LogDetail
{
    /// <summary>Where it is and whose it is.</summary>
    Hint,

    /// <summary>What it says too: transitions, or a fact.</summary>
    Content,

    /// <summary>The workflow's row in the list too, which is looked up for each entry.</summary>
    Workflow,
}

/// <summary>Which entries to read.</summary>
/// <param name="After">Those after this position.</param>
/// <param name="Limit">How many at most.</param>
/// <param name="Detail">How much of them.</param>
public sealed record LogQuery(long After, int Limit, LogDetail Detail = LogDetail.Workflow)
{
    /// <summary>
    /// How many bytes of what is stored at most, but for the last: a wide workflow's transitions may be megabytes.
    /// </summary>
    public int Size { get; init; } = 128 * 1024;

    /// <summary>Up to this position.</summary>
    public long UpTo { get; init; } = long.MaxValue;

    /// <summary>Of this workflow; null for all.</summary>
    public string? WorkflowId { get; init; }

    /// <summary>Of a workflow: only receipts after this one are looked at.</summary>
    public long AfterSeq { get; init; }
}

/// <summary>Entries by ascending position.</summary>
/// <param name="History">The history, as of the moment of reading.</param>
/// <param name="Items">The entries; fewer than asked for if they are large.</param>
/// <param name="End">All that there is up to here is among them.</param>
/// <param name="Seq">Of a workflow: the receipts up to this one were looked at.</param>
public sealed record LogPage<T>(LogHistory History, ImmutableArray<T> Items, long End, long Seq = 0)
{
    /// <summary>See <see cref="LogHistory.Revision"/>; that of the moment at which the entries were read.</summary>
    public long Revision { get; init; } = History.Revision;
}

/// <summary>
/// A log as the database shows it at a moment. A position may become visible after a greater one, if their transactions
/// commit in the other order; <see cref="LogFollower{T}"/> reads it in order.
/// </summary>
public interface IPositionLog<T>
    where T : ILogEntry
{
    /// <summary>
    /// Entries that can be seen now. A page looks at few receipts, and may be empty though more follow.
    /// </summary>
    Task<LogPage<T>> Read(LogQuery query, CancellationToken cancellationToken);

    /// <summary>The history, with what it knows of a position.</summary>
    Task<LogHistory> ReadHistory(long position, CancellationToken cancellationToken);

    /// <summary>
    /// The receipt after which a workflow's entries after a position begin; 0 where they are found by their position.
    /// Costs as much as they are many.
    /// </summary>
    Task<long> FindSeq(string workflowId, long position, CancellationToken cancellationToken);

    /// <summary>
    /// The transactions that may have drawn a position and have not ended. What one of them that is no longer named
    /// did, a later read shows.
    /// </summary>
    Task<ImmutableArray<string>> FindWriters(CancellationToken cancellationToken);
}

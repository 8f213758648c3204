using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Storage.Feed;

/// <summary>What one receipt changed: one version of one workflow.</summary>
/// <param name="Position">Its place among all changes. Unique and ascending, for a workflow in the order of its
/// versions; not without gaps.</param>
/// <param name="WorkflowId">The workflow.</param>
/// <param name="Version">The workflow's version after it.</param>
/// <param name="ReceiptId">The receipt that caused it.</param>
/// <param name="ReceivedAt">When that was received.</param>
/// <param name="Effect">What that did.</param>
/// <param name="Transitions">
/// The changes, in the order in which they were made; none if only places were asked for, or if they were removed.
/// </param>
/// <param name="Workflow">
/// The workflow's row in the list when this was read: of this version or of a later one. Null unless asked for, and of
/// a deleted workflow.
/// </param>
/// <param name="Trimmed">Whether retention removed the transitions of this version, and of earlier ones.</param>
public sealed record Change(
    long Position,
    string WorkflowId,
    long Version,
    Guid ReceiptId,
    DateTimeOffset ReceivedAt,
    ReceiptEffect Effect,
    ImmutableArray<TransitionSummary> Transitions,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] WorkflowSummary? Workflow,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Trimmed = false
);

/// <summary>How much of a change is read; each costs more than the one before.</summary>
public enum ChangeDetail
{
    /// <summary>Where it is and whose it is.</summary>
    Place,

    /// <summary>The transitions too.</summary>
    Transitions,

    /// <summary>The workflow's row in the list too, which is looked up for each change.</summary>
    Workflow,
}

/// <summary>Which changes to read.</summary>
/// <param name="After">Those after this position.</param>
/// <param name="Limit">How many at most.</param>
/// <param name="Detail">How much of them.</param>
public sealed record ChangeQuery(long After, int Limit, ChangeDetail Detail = ChangeDetail.Workflow)
{
    /// <summary>
    /// How many bytes of stored transitions at most, but for the last: a wide workflow's may be megabytes.
    /// </summary>
    public int Size { get; init; } = 128 * 1024;

    /// <summary>Up to this position.</summary>
    public long UpTo { get; init; } = long.MaxValue;

    /// <summary>Of this workflow; null for all.</summary>
    public string? WorkflowId { get; init; }

    /// <summary>Of a workflow: only receipts after this one are looked at.</summary>
    public long AfterSeq { get; init; }
}

/// <summary>Changes by ascending position.</summary>
/// <param name="History">The history, as of the moment of reading.</param>
/// <param name="Items">The changes; fewer than asked for if they are large.</param>
/// <param name="End">All that there is up to here is among them.</param>
/// <param name="Seq">Of a workflow: the receipts up to this one were looked at.</param>
public sealed record ChangePage(ChangeHistory History, ImmutableArray<Change> Items, long End, long Seq = 0);

/// <summary>
/// The log of changes as the database shows it at a moment. A position may become visible after a greater one, if their
/// transactions commit in the other order; <see cref="ChangeFollower"/> reads it in order.
/// </summary>
public interface IChangeLog
{
    /// <summary>
    /// Changes that can be seen now. A page looks at few receipts, and may be empty though more follow.
    /// </summary>
    Task<ChangePage> Read(ChangeQuery query, CancellationToken cancellationToken);

    /// <summary>The history, with what it knows of a position.</summary>
    Task<ChangeHistory> ReadHistory(long position, CancellationToken cancellationToken);

    /// <summary>
    /// The receipt after which a workflow's changes after a position begin. Costs as much as they are many.
    /// </summary>
    Task<long> FindSeq(string workflowId, long position, CancellationToken cancellationToken);

    /// <summary>
    /// The transactions that may have drawn a position and have not ended. What one of them that is no longer named
    /// did, a later read shows.
    /// </summary>
    Task<ImmutableArray<string>> FindWriters(CancellationToken cancellationToken);
}

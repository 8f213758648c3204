using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Storage.Queries;

/// <summary>A page of something.</summary>
/// <param name="Items">What is on the page.</param>
/// <param name="Next">Where the next page begins; null if there is none.</param>
public sealed record Page<TItem, TPosition>(ImmutableArray<TItem> Items, TPosition? Next)
    where TPosition : class;

/// <summary>A workflow in the list.</summary>
/// <param name="WorkflowId">The vendor's id.</param>
/// <param name="WorkflowName">The vendor's name.</param>
/// <param name="Status">The vendor's word as received.</param>
/// <param name="Phase">The phase of the status.</param>
/// <param name="Outcome">The outcome, once ended.</param>
/// <param name="Version">How many receipts changed the state.</param>
/// <param name="Attention">Reasons for a person to look.</param>
/// <param name="NodeTypes">The distinct types of its node tasks.</param>
/// <param name="FirstReceivedAt">The earliest time of receipt.</param>
/// <param name="LastReceivedAt">The latest time of receipt.</param>
/// <param name="LastChangedAt">The latest time of a receipt that changed the state.</param>
public sealed record WorkflowSummary(
    string WorkflowId,
    string? WorkflowName,
    string? Status,
    WorkflowPhase? Phase,
    WorkflowOutcome? Outcome,
    long Version,
    ImmutableArray<AttentionReason> Attention,
    ImmutableArray<string> NodeTypes,
    DateTimeOffset FirstReceivedAt,
    DateTimeOffset LastReceivedAt,
    DateTimeOffset LastChangedAt
);

/// <summary>An accepted notification, or a refold.</summary>
/// <param name="ReceiptId">Its id.</param>
/// <param name="WorkflowId">The workflow it is about.</param>
/// <param name="Seq">Its place in the order of the fold, from 1.</param>
/// <param name="ReceivedAt">When it was received or made.</param>
/// <param name="Source">The named sender; of a refold the job that asked for it.</param>
/// <param name="Effect">What it did.</param>
/// <param name="Version">The workflow's version after it.</param>
/// <param name="Vocabulary">The fingerprint of the vocabulary under which it was folded; of a refold, under which
/// everything before it was.</param>
/// <param name="Kind">Which of the two it is.</param>
public sealed record ReceiptSummary(
    Guid ReceiptId,
    string WorkflowId,
    long Seq,
    DateTimeOffset ReceivedAt,
    string Source,
    ReceiptEffect Effect,
    long Version,
    string Vocabulary,
    ReceiptKind Kind
);

/// <summary>An accepted notification with its raw body.</summary>
/// <param name="Summary">What is known of it.</param>
/// <param name="Body">The raw body as received; empty of a refold.</param>
public sealed record StoredReceipt(ReceiptSummary Summary, ReadOnlyMemory<byte> Body);

/// <summary>An accepted notification that is no status change.</summary>
/// <param name="ReceiptId">Its id.</param>
/// <param name="Kind">Which notification.</param>
/// <param name="WorkflowId">The workflow; null if the vendor names none.</param>
/// <param name="NodetaskId">The node that it belongs to; null if it names none or several.</param>
/// <param name="TaskId">The task; null if it names none.</param>
/// <param name="CaseId">The entry of the list; null if it names none.</param>
/// <param name="Callee">The number or address of the person, as received, or masked; null if it names none.</param>
/// <param name="Value">What is counted of it; null if that is not known.</param>
/// <param name="OccurredAt">The vendor's time of it; null if it has none.</param>
/// <param name="ReceivedAt">When it was received.</param>
/// <param name="Effect">Whether it was new: recorded, duplicate or differs.</param>
/// <param name="Source">The named sender.</param>
public sealed record FactSummary(
    Guid ReceiptId,
    FactKind Kind,
    string? WorkflowId,
    string? NodetaskId,
    string? TaskId,
    string? CaseId,
    string? Callee,
    string? Value,
    DateTimeOffset? OccurredAt,
    DateTimeOffset ReceivedAt,
    ReceiptEffect Effect,
    string Source
);

/// <summary>A fact with its raw body.</summary>
/// <param name="Summary">What is known of it.</param>
/// <param name="Body">The raw body as received.</param>
public sealed record StoredFact(FactSummary Summary, ReadOnlyMemory<byte> Body);

/// <summary>What was removed of a workflow's receipts: a prefix of them, which a baseline replaces.</summary>
/// <param name="Seq">The last receipt that was removed; the next is the oldest still held.</param>
/// <param name="Version">The workflow's version after it; the oldest that can still be shown.</param>
/// <param name="RemovedThrough">The latest time of receipt among those removed.</param>
/// <param name="IsDeleted">Whether the workflow itself is gone.</param>
public sealed record ReceiptHorizon(long Seq, long Version, DateTimeOffset RemovedThrough, bool IsDeleted);

/// <summary>One change of a workflow.</summary>
/// <param name="Seq">The place of the receipt that caused it in the order of the fold.</param>
/// <param name="Version">The version that the change belongs to.</param>
/// <param name="Ordinal">Its place among the changes of that version, from 0.</param>
/// <param name="At">When the receipt that caused it was received.</param>
/// <param name="ReceiptId">The receipt that caused it.</param>
/// <param name="Kind">What kind of change, snake case.</param>
/// <param name="Subject">What changed.</param>
/// <param name="IsTask">Whether a task changed, to tell the anonymous one from its node.</param>
/// <param name="From">What it was; null if nothing was known.</param>
/// <param name="To">What it is.</param>
/// <param name="Reported">The word that was reported, as received; null if the change is not of a status.</param>
/// <param name="Rule">The rule that decided it; null if the change is not of a status.</param>
public sealed record TransitionSummary(
    long Seq,
    long Version,
    int Ordinal,
    DateTimeOffset At,
    Guid ReceiptId,
    string Kind,
    SubjectView Subject,
    bool IsTask,
    StatusValueSummary? From,
    StatusValueSummary? To,
    // The HTTP contract has this name.
    [property: JsonPropertyName("told")] string? Reported,
    string? Rule
);

/// <summary>What something stood at: a label, or a status with its phase and outcome.</summary>
/// <param name="Text">The label, or the status as received.</param>
/// <param name="Phase">The phase of a status.</param>
/// <param name="Outcome">The outcome of a status, once ended.</param>
public sealed record StatusValueSummary(string Text, WorkflowPhase? Phase, WorkflowOutcome? Outcome);

/// <summary>Workflows counted by something.</summary>
/// <param name="Total">How many there are in all groups.</param>
/// <param name="GroupTotal">How many groups there are.</param>
/// <param name="Groups">The largest groups, the largest first.</param>
public sealed record WorkflowCounts(long Total, long GroupTotal, ImmutableArray<WorkflowCount> Groups)
{
    /// <summary>
    /// How many workflows are counted by name at most. A sender gives each a name of its own, and none is in an index
    /// as a whole.
    /// </summary>
    public const int MaxCountedByName = 100_000;

    /// <summary>Of no workflows.</summary>
    public static readonly WorkflowCounts None = new(0, 0, []);
}

/// <summary>How many workflows share something.</summary>
/// <param name="Key">What they share; null for those without it.</param>
/// <param name="Count">How many.</param>
public sealed record WorkflowCount(string? Key, long Count);

/// <summary>Changes of a workflow's own status.</summary>
/// <param name="Changes">The changes, oldest first.</param>
/// <param name="Through">Up to when they are all there; null if that is every change that was asked for.</param>
public sealed record StatusHistory(ImmutableArray<TransitionSummary> Changes, DateTimeOffset? Through);

/// <summary>How many receipts of one source did the same within a minute.</summary>
/// <param name="Minute">The beginning of the minute.</param>
/// <param name="Source">The named sender.</param>
/// <param name="Effect">What they did.</param>
/// <param name="Count">How many.</param>
/// <param name="Latest">When the latest of them was received.</param>
public sealed record ReceiptCount(
    DateTimeOffset Minute,
    string Source,
    ReceiptEffect Effect,
    long Count,
    DateTimeOffset Latest
);

/// <summary>How many workflows stand at the same.</summary>
/// <param name="Phase">The phase of the status.</param>
/// <param name="Outcome">The outcome, once ended.</param>
/// <param name="Attention">Reasons for a person to look.</param>
/// <param name="Count">How many.</param>
public sealed record StateCount(
    WorkflowPhase? Phase,
    WorkflowOutcome? Outcome,
    ImmutableArray<AttentionReason> Attention,
    long Count
);

/// <summary>The entries of a workflow's list, as far as its facts name them.</summary>
/// <param name="Completed">Those with a list completion.</param>
/// <param name="Reported">Those that something else was reported of, such as a call.</param>
/// <param name="Seen">Those with any fact.</param>
/// <param name="AreAll">Whether all facts were read; if not, there may be more entries.</param>
public sealed record EntryCounts(long Completed, long Reported, long Seen, bool AreAll);

using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json.Serialization;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Grains.Persistence;

/// <summary>Receipts of a workflow and the row that they lead to.</summary>
/// <param name="Workflow">The workflow's columns in its row.</param>
/// <param name="Receipts">The receipts, ascending by sequence number.</param>
public sealed record WorkflowCommit(WorkflowRow Workflow, ImmutableArray<ReceiptRow> Receipts)
{
    /// <summary>The version that the row must have; null if there must be no row.</summary>
    public int? Version { get; init; }

    /// <summary>The number of the last receipt before these; 0 if there is none.</summary>
    public long SeqBefore => Workflow.Seq - Receipts.Length;

    /// <summary>
    /// The serialised state; null if the row keeps the one that it has, because the receipts change nothing but how
    /// many there are and when the last one came.
    /// </summary>
    public ReadOnlyMemory<byte>? State { get; init; }

    /// <summary>Whether the workflow is in the list. A deleted one is not.</summary>
    public bool IsListed { get; init; } = true;

    /// <summary>
    /// The <see cref="IWriteAdmission.Epoch"/> under which the grain loaded its state: into another database nothing is
    /// written, as if another activation had. Null if that does not matter.
    /// </summary>
    public int? Epoch { get; init; }

    /// <summary>The whole of a large state, whose own row has no nodes; null if the last one stays.</summary>
    public StateSnapshot? Snapshot { get; init; }

    /// <summary>What goes in the same commit; null unless it deletes the workflow.</summary>
    public Removal? Removal { get; init; }

    /// <summary>
    /// The spans of the notifications that wait for the commit, as far as they are traced; not written.
    /// </summary>
    public IReadOnlyList<Activity> Callers { get; init; } = [];
}

/// <summary>A state that is written in a row of its own.</summary>
/// <param name="Name">Names the row.</param>
/// <param name="Payload">The serialised state.</param>
public sealed record StateSnapshot(GrainStateName Name, ReadOnlyMemory<byte> Payload);

/// <summary>A workflow in the list. Times are Unix milliseconds.</summary>
/// <param name="WorkflowId">The vendor's id.</param>
/// <param name="Name">The vendor's name.</param>
/// <param name="Status">The vendor's word as received.</param>
/// <param name="StatusNormalised">The word as it is looked up.</param>
/// <param name="Phase">The phase of the status.</param>
/// <param name="Outcome">The outcome, once ended.</param>
/// <param name="Attention">Reasons to look, a bit for each <see cref="AttentionReason"/>.</param>
/// <param name="NodeTypes">The distinct types of its node tasks, ascending.</param>
/// <param name="Version">How many receipts changed the state.</param>
/// <param name="Seq">How many receipts there were.</param>
/// <param name="FirstReceivedAt">The earliest time of receipt.</param>
/// <param name="LastReceivedAt">The latest time of receipt.</param>
/// <param name="ChangedAt">The latest time of a receipt that changed the state.</param>
public sealed record WorkflowRow(
    string WorkflowId,
    string? Name,
    string? Status,
    string? StatusNormalised,
    WorkflowPhase? Phase,
    WorkflowOutcome? Outcome,
    int Attention,
    ImmutableArray<string> NodeTypes,
    long Version,
    long Seq,
    long FirstReceivedAt,
    long LastReceivedAt,
    long ChangedAt
);

/// <summary>An accepted notification, or a refold, with what it did.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Seq">Its place in the order of the fold, from 1.</param>
/// <param name="ReceivedAt">When it was received, in Unix milliseconds.</param>
/// <param name="Source">The named sender; of a refold the job that asked for it.</param>
/// <param name="Effect">What it did.</param>
/// <param name="Version">The workflow's version after it.</param>
/// <param name="Vocabulary">The fingerprint of the vocabulary under which it was folded; of a refold, under which
/// everything before it was.</param>
/// <param name="Body">The raw body; empty of a refold.</param>
/// <param name="Transitions">What it changed, in the order in which that was made; empty unless it raised the
/// version.</param>
public sealed record ReceiptRow(
    Guid Id,
    long Seq,
    long ReceivedAt,
    string Source,
    ReceiptEffect Effect,
    long Version,
    string Vocabulary,
    ReadOnlyMemory<byte> Body,
    ImmutableArray<TransitionRow> Transitions
)
{
    /// <summary>What the row is.</summary>
    public ReceiptKind Kind { get; init; }
}

/// <summary>What a row of the table of receipts is. The numbers are persisted.</summary>
public enum ReceiptKind
{
    /// <summary>An accepted notification.</summary>
    Notification = 0,

    /// <summary>The workflow was folded again from its receipts under another vocabulary.</summary>
    Refold = 1,

    /// <summary>Nodes were made known that facts are about.</summary>
    Introduction = 2,
}

/// <summary>One change of a workflow.</summary>
/// <param name="Kind">What kind of change, snake case.</param>
/// <param name="NodeTaskId">The node task; null if the workflow itself changed.</param>
/// <param name="TaskId">The task; null if the node itself, or its anonymous task, changed.</param>
/// <param name="IsTask">Whether a task changed.</param>
/// <param name="From">What it was; null if nothing was known.</param>
/// <param name="To">What it is.</param>
/// <param name="Reported">The word that was reported, as received; null if the change is not of a status.</param>
/// <param name="Rule">The rule that decided it, snake case; null if the change is not of a status.</param>
public sealed record TransitionRow(
    string Kind,
    string? NodeTaskId,
    string? TaskId,
    bool IsTask,
    StatusValueRow? From,
    StatusValueRow? To,
    // Stored rows have the property under this name.
    [property: JsonPropertyName("told")] string? Reported,
    string? Rule
);

/// <summary>
/// What something stood at before or after a transition: a label, or a status with its phase and outcome.
/// </summary>
/// <param name="Text">The label, or the status as received.</param>
/// <param name="Phase">The phase of a status.</param>
/// <param name="Outcome">The outcome of a status, once ended.</param>
public sealed record StatusValueRow(string Text, WorkflowPhase? Phase, WorkflowOutcome? Outcome);

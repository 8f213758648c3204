using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Grains.Explaining;

/// <summary>Why a workflow is shown as it is.</summary>
/// <param name="WorkflowId">The vendor's id.</param>
/// <param name="Version">The version that is explained.</param>
/// <param name="Seq">The place of the last receipt that counts.</param>
/// <param name="Vocabulary">The fingerprint of the vocabulary under which it is shown.</param>
/// <param name="Status">The workflow's status.</param>
/// <param name="WorkflowName">The workflow's name.</param>
/// <param name="Nodes">The node tasks, ascending by id (ordinal).</param>
/// <param name="Attention">Reasons for a person to look.</param>
public sealed record Explanation(
    string WorkflowId,
    long Version,
    long Seq,
    string Vocabulary,
    RegisterExplanation? Status,
    NameExplanation WorkflowName,
    ImmutableArray<NodeExplanation> Nodes,
    ImmutableArray<AttentionExplanation> Attention
);

/// <summary>Why a status is shown as it is.</summary>
/// <param name="Status">The vendor's word as received.</param>
/// <param name="Phase">The phase of the status.</param>
/// <param name="Outcome">The outcome, once ended.</param>
/// <param name="Unrecognised">Whether the vocabulary does not name the word, so that it counts as active.</param>
/// <param name="Contested">The word of each reported outcome, the strongest first, with the receipt that reported it;
/// empty unless there are several.</param>
/// <param name="DecidedBy">The receipt that decided the present value.</param>
/// <param name="Rule">The row of the rule table that applied.</param>
/// <param name="Sentence">When that row applies.</param>
/// <param name="DecidedByArrival">Whether two words of one live phase were reported and only the order in which they
/// arrived decided.</param>
/// <param name="Overruled">What is not shown.</param>
public sealed record RegisterExplanation(
    string Status,
    WorkflowPhase Phase,
    WorkflowOutcome? Outcome,
    bool Unrecognised,
    ImmutableArray<ContestedWord> Contested,
    ReceiptReference DecidedBy,
    Rule Rule,
    string Sentence,
    bool DecidedByArrival,
    OverruledSummary Overruled
);

/// <summary>One of several ends that were reported.</summary>
/// <param name="Word">The word, as received.</param>
/// <param name="Outcome">Its outcome.</param>
/// <param name="Receipt">The receipt that reported it.</param>
public sealed record ContestedWord(string Word, WorkflowOutcome Outcome, ReceiptReference Receipt);

/// <summary>Where a name comes from.</summary>
/// <param name="Value">The name.</param>
/// <param name="From">The receipt that it comes from.</param>
/// <param name="Overruled">Other names that were reported.</param>
public sealed record NameExplanation(string Value, ReceiptReference From, OverruledSummary Overruled);

/// <summary>Why a node task is shown as it is.</summary>
/// <param name="NodetaskId">The vendor's id.</param>
/// <param name="NodetaskName">Its name.</param>
/// <param name="NodeType">Its type.</param>
/// <param name="Status">The status of its least advanced task; null without a task.</param>
/// <param name="Phase">The phase of the status.</param>
/// <param name="Outcome">The outcome, once every task has ended.</param>
/// <param name="RepresentativeTask">The task whose status that is; null without a task.</param>
/// <param name="Sentence">Why that task.</param>
/// <param name="Tasks">The tasks, the anonymous one first, then ascending by id (ordinal).</param>
public sealed record NodeExplanation(
    string NodetaskId,
    NameExplanation NodetaskName,
    NameExplanation NodeType,
    string? Status,
    WorkflowPhase? Phase,
    WorkflowOutcome? Outcome,
    [property: JsonPropertyName("stands_for")] SubjectView? RepresentativeTask,
    string Sentence,
    ImmutableArray<TaskExplanation> Tasks
);

/// <summary>Why a task is shown as it is.</summary>
/// <param name="TaskId">The vendor's id; null for the anonymous task.</param>
/// <param name="Counts">Whether it counts for its node: the anonymous task does only while there is no named
/// one.</param>
/// <param name="Register">Its status.</param>
public sealed record TaskExplanation(string? TaskId, bool Counts, RegisterExplanation Register);

/// <summary>What a reason to look is due to.</summary>
/// <param name="Kind">What is odd.</param>
/// <param name="Subject">Where.</param>
/// <param name="Detail">The words or sources that show it.</param>
/// <param name="Because">The receipts that it is due to.</param>
public sealed record AttentionExplanation(
    AttentionReason Kind,
    SubjectView Subject,
    ImmutableArray<string> Detail,
    ImmutableArray<ReceiptReference> Because
);

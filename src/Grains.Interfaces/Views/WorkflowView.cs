using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Orleans.Workflow.Grains.Interfaces;

/// <summary>The state of a workflow as it is shown.</summary>
[GenerateSerializer, Immutable, Alias("orleans.workflow.WorkflowView")]
public sealed record WorkflowView
{
    /// <summary>The vendor's id.</summary>
    [Id(0)]
    public required string WorkflowId { get; init; }

    /// <summary>The vendor's name for it; null if none was reported.</summary>
    [Id(1)]
    public string? WorkflowName { get; init; }

    /// <summary>The vendor's word as received; null if none was reported.</summary>
    [Id(2)]
    public string? Status { get; init; }

    /// <summary>The phase of the status.</summary>
    [Id(3)]
    public WorkflowPhase? Phase { get; init; }

    /// <summary>The outcome, once ended.</summary>
    [Id(4)]
    public WorkflowOutcome? Outcome { get; init; }

    /// <summary>The words of all reported outcomes, the strongest first, if there are several.</summary>
    [Id(5)]
    public ImmutableArray<string> Contested { get; init; } = [];

    /// <summary>How many receipts changed the state.</summary>
    [Id(6)]
    public required long Version { get; init; }

    /// <summary>Reasons for a person to look.</summary>
    [Id(7)]
    public ImmutableArray<AttentionView> Attention { get; init; } = [];

    /// <summary>The earliest time of receipt.</summary>
    [Id(8)]
    public DateTimeOffset FirstReceivedAt { get; init; }

    /// <summary>The latest time of receipt. The only field that can change without the version.</summary>
    [Id(9)]
    public DateTimeOffset LastReceivedAt { get; init; }

    /// <summary>The latest time of a receipt that changed the state.</summary>
    [Id(10)]
    public DateTimeOffset LastChangedAt { get; init; }

    /// <summary>The node tasks, ascending by id (ordinal).</summary>
    [Id(11)]
    public ImmutableArray<NodeTaskView> Nodes { get; init; } = [];

    /// <summary>Whether there are facts of it or of its nodes.</summary>
    [Id(12), JsonIgnore]
    public bool HasFacts { get; init; }

    /// <summary>
    /// The counts of its facts and of its nodes'. The grain does not know them: who shows the view adds them, and says
    /// with the default that it is no present state.
    /// </summary>
    [Id(13), JsonIgnore]
    public ImmutableArray<FactCount> FactCounts { get; init; } = [];

    /// <summary>Its facts and those of its nodes, counted by kind; left out of an earlier state.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableSortedDictionary<FactKind, CountedFacts>? Facts => CountedFacts.ByKind(FactCounts);

    /// <summary>
    /// Which workflow it is, and nothing that was reported of it: Orleans writes messages into its logs.
    /// </summary>
    public override string ToString() => $"state of {WorkflowId}, version {Version}";
}

/// <summary>A node task as it is shown.</summary>
[GenerateSerializer, Immutable, Alias("orleans.workflow.NodeTaskView")]
public sealed record NodeTaskView
{
    /// <summary>The vendor's id.</summary>
    [Id(0)]
    public required string NodetaskId { get; init; }

    /// <summary>The vendor's name for it.</summary>
    [Id(1)]
    public string NodetaskName { get; init; } = string.Empty;

    /// <summary>The vendor's type, such as <c>call</c> or <c>sms</c>.</summary>
    [Id(2)]
    public string NodeType { get; init; } = string.Empty;

    /// <summary>The status of its least advanced task; null without a task.</summary>
    [Id(3)]
    public string? Status { get; init; }

    /// <summary>The phase of the status.</summary>
    [Id(4)]
    public WorkflowPhase? Phase { get; init; }

    /// <summary>The outcome, once every task has ended.</summary>
    [Id(5)]
    public WorkflowOutcome? Outcome { get; init; }

    /// <summary>The version of the workflow that last changed this node task.</summary>
    [Id(6)]
    public long Version { get; init; }

    /// <summary>The tasks, the anonymous one first, then ascending by id (ordinal).</summary>
    [Id(7)]
    public ImmutableArray<TaskView> Tasks { get; init; } = [];

    /// <summary>
    /// The counts of its facts, where the node itself was asked for them; the default of an earlier state.
    /// </summary>
    [Id(8), JsonIgnore]
    public ImmutableArray<FactCount> FactCounts { get; init; } = [];

    /// <summary>Whether there are facts of it.</summary>
    [Id(9), JsonIgnore]
    public bool HasFacts { get; init; }

    /// <summary>Its facts, counted by kind; left out of an earlier state.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableSortedDictionary<FactKind, CountedFacts>? Facts => CountedFacts.ByKind(FactCounts);

    /// <summary>Which node task it is, and nothing that was reported of it.</summary>
    public override string ToString() => $"state of {NodetaskId}, version {Version}";
}

/// <summary>A task below a node task as it is shown.</summary>
/// <param name="TaskId">The vendor's id; null for the anonymous task.</param>
/// <param name="Status">The vendor's word as received.</param>
/// <param name="Phase">The phase of the status.</param>
/// <param name="Outcome">The outcome, once ended.</param>
/// <param name="Contested">The words of all reported outcomes, the strongest first, if there are several.</param>
[GenerateSerializer, Immutable, Alias("orleans.workflow.TaskView")]
public sealed record TaskView(
    [property: Id(0)] string? TaskId,
    [property: Id(1)] string Status,
    [property: Id(2)] WorkflowPhase Phase,
    [property: Id(3)] WorkflowOutcome? Outcome,
    [property: Id(4)] ImmutableArray<string> Contested
);

/// <summary>A reason for a person to look at a workflow.</summary>
/// <param name="Kind">What is odd.</param>
/// <param name="Subject">Where.</param>
/// <param name="Detail">The words or sources that show it.</param>
[GenerateSerializer, Immutable, Alias("orleans.workflow.AttentionView")]
public sealed record AttentionView(
    [property: Id(0)] AttentionReason Kind,
    [property: Id(1)] SubjectView Subject,
    [property: Id(2)] ImmutableArray<string> Detail
);

/// <summary>What something is about: the workflow itself if both ids are null.</summary>
/// <param name="NodetaskId">The node task.</param>
/// <param name="TaskId">The task; null with a node task for its anonymous task.</param>
[GenerateSerializer, Immutable, Alias("orleans.workflow.SubjectView")]
public sealed record SubjectView([property: Id(0)] string? NodetaskId, [property: Id(1)] string? TaskId);

using System.Text.Json.Serialization;
using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Grains.Interfaces.Persistence;

namespace Orleans.Workflow.Grains.Workflows;

/// <summary>The persisted state of a <see cref="WorkflowGrain"/>. Immutable: it is replaced, never changed.</summary>
// Do not reuse the JSON names "d" and "u": older rows contain them (ADR 0033).
public sealed record WorkflowGrainState : IBringsRows
{
    /// <summary>The workflow; null until something is known of it, or if it is stored without its nodes.</summary>
    [JsonPropertyName("w")]
    public WorkflowState? Workflow { get; init; }

    /// <summary>
    /// A large workflow without its nodes, which are in its snapshot and the receipts behind that; null if it is stored
    /// whole. Only in what is stored: <see cref="WorkflowStore"/> adds the nodes.
    /// </summary>
    [JsonPropertyName("h")]
    public WorkflowState? Head { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public CommitRows? Rows { get; init; }

    /// <inheritdoc/>
    public IBringsRows Heard(long seq, long lastReceivedAt) => this with
    {
        Workflow = Workflow?.Heard(seq, lastReceivedAt),
        Head = Head?.Heard(seq, lastReceivedAt),
    };

    /// <summary>As a large state is stored.</summary>
    public WorkflowGrainState WithoutNodes() => this with { Workflow = null, Head = Workflow! with { Nodes = [] } };

    /// <summary>Whether another state says no more than this one, but for how much was received.</summary>
    public bool IsKeptBy(WorkflowGrainState next) =>
        Workflow is { IsDeleted: false } known && next.Workflow is { } workflow
        && known == workflow with { Seq = known.Seq, LastReceivedAt = known.LastReceivedAt, Totals = known.Totals };
}

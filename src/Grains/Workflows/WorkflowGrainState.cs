using System.Text.Json;
using System.Text.Json.Serialization;
using Orleans.Workflow.Domain;

namespace Orleans.Workflow.Grains.Workflows;

/// <summary>The state of a workflow's row as it is stored.</summary>
// Do not reuse the JSON names "d" and "u": older rows contain them (ADR 0033).
public sealed record WorkflowGrainState
{
    /// <summary>The workflow; null if it is stored without its nodes.</summary>
    [JsonPropertyName("w")]
    public WorkflowState? Workflow { get; init; }

    /// <summary>
    /// A large workflow without its nodes, which are in its snapshot and the receipts behind that; null if it is stored
    /// whole.
    /// </summary>
    [JsonPropertyName("h")]
    public WorkflowState? Head { get; init; }

    /// <summary>Serialises a state whole.</summary>
    public static byte[] Whole(WorkflowState state) => Serialize(new WorkflowGrainState { Workflow = state });

    /// <summary>Serialises a state without its nodes, which are in its snapshot.</summary>
    public static byte[] WithoutNodes(WorkflowState state) =>
        Serialize(new WorkflowGrainState { Head = state with { Nodes = [] } });

    private static byte[] Serialize(WorkflowGrainState state) =>
        JsonSerializer.SerializeToUtf8Bytes(state, GrainStateJson.Default.WorkflowGrainState);
}

using System.Text.Json.Serialization;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Grains.NodeTasks;

/// <summary>The persisted state of a <see cref="NodeTaskGrain"/>. Immutable: it is replaced, never changed.</summary>
public sealed record NodeTaskGrainState
{
    /// <summary>What the workflow decided last, as far as the node task was told; null if nothing.</summary>
    [JsonPropertyName("d")]
    public NodeTaskView? Decided { get; init; }
}

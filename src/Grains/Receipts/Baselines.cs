using System.Text.Json;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Grains.Receipts;

/// <summary>Writes states as baselines and reads them back: all that the fold needs to continue.</summary>
public static class Baselines
{
    /// <summary>The baseline of a state.</summary>
    /// <param name="state">The state.</param>
    /// <param name="vocabulary">The fingerprint of the vocabulary of the last receipt: that of the state may be of an
    /// earlier one.</param>
    /// <param name="removedThrough">The latest time of receipt among the receipts that it replaces, in Unix
    /// milliseconds.</param>
    public static BaselineRow Of(WorkflowState state, string vocabulary, long removedThrough)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new BaselineRow(
            state.WorkflowId,
            state.Seq,
            state.Version,
            vocabulary,
            JsonSerializer.Serialize(state, GrainStateJson.Default.WorkflowState),
            state.IsDeleted,
            removedThrough
        );
    }

    /// <summary>The state in a baseline; of a workflow without one, that nothing is known.</summary>
    /// <exception cref="JsonException">What is stored is not a state.</exception>
    public static WorkflowState StateOf(BaselineRow? baseline, string workflowId) =>
        baseline is null
            ? WorkflowState.Unknown(workflowId)
            : JsonSerializer.Deserialize(baseline.State, GrainStateJson.Default.WorkflowState)!;
}

using System.Collections.Immutable;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Grains.Workflows;

/// <summary>Writes a workflow's state as its row in the list.</summary>
internal static class WorkflowRows
{
    /// <summary>The row of a state, shown by a ranking.</summary>
    public static WorkflowRow Of(WorkflowState state, ImmutableArray<WorkflowOutcome> ranking)
    {
        var status = state.Status?.StatusBy(ranking);
        return new WorkflowRow(
            state.WorkflowId,
            state.Name ?? (state.IsDeleted ? null : string.Empty),
            status,
            status is null ? null : Vocabulary.Normalise(status),
            state.Status?.Phase,
            state.Status?.OutcomeBy(ranking),
            Attention.BitsOf(state),
            state.Totals.Types,
            state.Version,
            state.Seq,
            state.FirstReceivedAt,
            state.LastReceivedAt,
            state.LastChangedAt
        );
    }
}

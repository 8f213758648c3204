using System.Collections.Immutable;
using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Interfaces.Persistence;

namespace Orleans.Workflow.Grains.Workflows;

/// <summary>Writes a workflow's state as its row in the list.</summary>
internal static class WorkflowRows
{
    /// <summary>The row of a state, shown by a ranking.</summary>
    public static WorkflowRow Of(WorkflowState state, ImmutableArray<Outcome> ranking)
    {
        var status = state.Status?.StatusBy(ranking);
        return new WorkflowRow(
            state.WorkflowId,
            state.Name,
            status,
            status is null ? null : Vocabulary.Normalise(status),
            (WorkflowPhase?)state.Status?.Phase,
            (WorkflowOutcome?)state.Status?.OutcomeBy(ranking),
            Attention.Bits(Attention.Of(state, ranking)),
            NodeTypes(state.Nodes),
            state.Version,
            state.Seq,
            state.FirstReceivedAt,
            state.LastReceivedAt,
            state.LastChangedAt);
    }

    private static ImmutableArray<string> NodeTypes(ImmutableArray<NodeState> nodes)
    {
        ImmutableArray<string> types = [];
        foreach (var node in nodes)
        {
            var place = types.BinarySearch(node.NodeType, StringComparer.Ordinal);
            if (place < 0)
                types = types.Insert(~place, node.NodeType);
        }

        return types;
    }
}

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
            state.Name ?? (state.IsDeleted ? null : string.Empty),
            status,
            status is null ? null : Vocabulary.Normalise(status),
            (WorkflowPhase?)state.Status?.Phase,
            (WorkflowOutcome?)state.Status?.OutcomeBy(ranking),
            Attention.BitsOf(state),
            NodeTypes(state.Nodes),
            state.Version,
            state.Seq,
            state.FirstReceivedAt,
            state.LastReceivedAt,
            state.LastChangedAt);
    }

    /// <summary>The types of some nodes, ascending (ordinal), each once.</summary>
    public static ImmutableArray<string> NodeTypes(ImmutableArray<NodeState> nodes)
    {
        // Neighbours are nearly always of one type: the set is asked only where it changes.
        var types = new SortedSet<string>(StringComparer.Ordinal);
        string? last = null;
        foreach (var node in nodes)
        {
            if (node.NodeType == last)
                continue;

            last = node.NodeType;
            types.Add(last);
        }

        return [.. types];
    }
}

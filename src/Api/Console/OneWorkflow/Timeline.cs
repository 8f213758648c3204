using System.Collections.Immutable;
using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.ReadModel;

namespace Orleans.Workflow.Api.Console.OneWorkflow;

/// <summary>The changes of a workflow on a line of time: one lane for the workflow and for each node task, and one for the receipts.</summary>
/// <param name="Scale">Where times lie.</param>
/// <param name="Lanes">The lanes: the workflow's, then those of the node tasks.</param>
/// <param name="Receipts">The receipts.</param>
/// <param name="IsWhole">Whether every change is on it.</param>
public sealed record Timeline(TimeScale Scale, ImmutableArray<Lane> Lanes, ImmutableArray<ReceiptMark> Receipts, bool IsWhole)
{
    /// <summary>Draws it.</summary>
    /// <param name="transitions">The changes, oldest first.</param>
    /// <param name="receipts">The receipts, in any order.</param>
    /// <param name="scale">Where times lie.</param>
    /// <param name="nodes">The node tasks in the order of their lanes; those that are not known yet at a version come last.</param>
    /// <param name="ranking">Which outcome stands for several.</param>
    /// <param name="isWhole">Whether these are all changes.</param>
    public static Timeline Of(
        ImmutableArray<TransitionSummary> transitions,
        ImmutableArray<ReceiptSummary> receipts,
        TimeScale scale,
        ImmutableArray<NodeTaskView> nodes,
        ImmutableArray<Outcome> ranking,
        bool isWhole)
    {
        var own = new LaneDrawing(scale, ranking);
        var ofNodes = new Dictionary<string, LaneDrawing>(StringComparer.Ordinal);
        var inOrder = new List<string>();
        foreach (var transition in transitions)
        {
            if (transition.Subject.NodetaskId is not { } nodeTaskId)
            {
                own.Add(transition);
                continue;
            }

            if (!ofNodes.TryGetValue(nodeTaskId, out var drawing))
            {
                ofNodes.Add(nodeTaskId, drawing = new LaneDrawing(scale, ranking));
                inOrder.Add(nodeTaskId);
            }

            drawing.Add(transition);
        }

        var gone = inOrder.Except(nodes.Select(static node => node.NodetaskId), StringComparer.Ordinal);
        return new Timeline(
            scale,
            [
                own.Finish("Workflow", null, null),
                .. nodes.Where(node => ofNodes.ContainsKey(node.NodetaskId))
                    .Select(node => ofNodes[node.NodetaskId].Finish(node.NodetaskName, node.NodetaskId, node.NodeType)),
                .. gone.Select(id => ofNodes[id].Finish(null, id, string.Empty)),
            ],
            [.. receipts.Select(receipt => new ReceiptMark(scale.Place(receipt.ReceivedAt), receipt))],
            isWhole);
    }
}

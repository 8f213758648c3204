using System.Collections.Immutable;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Console.WorkflowDetails;

/// <summary>What a timeline is drawn of. All of it is bounded, however long the workflow has run.</summary>
/// <param name="State">The workflow as it is.</param>
/// <param name="Latest">Its latest changes, oldest first.</param>
/// <param name="Oldest">The changes of its own status before those.</param>
/// <param name="Receipts">Its latest receipts, in any order.</param>
/// <param name="Listed">Where the vendor listed each node task last.</param>
/// <param name="HasOlderReceipts">Whether there are more receipts than those.</param>
internal sealed record TimelineData(
    WorkflowView State,
    ImmutableArray<TransitionSummary> Latest,
    StatusHistory Oldest,
    ImmutableArray<ReceiptSummary> Receipts,
    IReadOnlyDictionary<string, int> Listed,
    bool HasOlderReceipts
);

/// <summary>
/// The changes of a workflow on a line of time: one lane for the workflow and for each node task, and one for the
/// receipts.
/// </summary>
/// <param name="Scale">Where times lie.</param>
/// <param name="Lanes">The lanes: the workflow's, then those of the node tasks.</param>
/// <param name="Receipts">The receipts.</param>
/// <param name="Cut">Before when the changes of the node tasks are not drawn; null if all are.</param>
/// <param name="ReceiptsCut">Before when receipts are not drawn; null if all are.</param>
/// <param name="NodesLeftOut">How many node tasks have no lane.</param>
public sealed record Timeline(
    TimeScale Scale,
    ImmutableArray<Lane> Lanes,
    ImmutableArray<ReceiptMark> Receipts,
    DateTimeOffset? Cut,
    DateTimeOffset? ReceiptsCut,
    int NodesLeftOut
)
{
    /// <summary>Draws it.</summary>
    /// <param name="data">What is known.</param>
    /// <param name="scale">Where times lie.</param>
    /// <param name="ranking">Which outcome is shown of several.</param>
    /// <param name="maxNodes">How many node tasks have a lane at most: those that changed last.</param>
    internal static Timeline Of(
        TimelineData data,
        TimeScale scale,
        ImmutableArray<WorkflowOutcome> ranking,
        int maxNodes
    )
    {
        // Every change is there if the first of the first version is.
        DateTimeOffset? cut = data.Latest is [{ Version: 1, Ordinal: 0 }, ..] or [] ? null : data.Latest[0].At;
        var byNode = data
            .Latest.Where(static change => change.Subject.NodetaskId is not null)
            .ToLookup(static change => change.Subject.NodetaskId!, StringComparer.Ordinal);
        var nodes = data
            .State.Nodes.OrderByDescending(static node => node.Version)
            .Take(maxNodes)
            .OrderBy(node => data.Listed.GetValueOrDefault(node.NodetaskId, int.MaxValue))
            .ToList();
        return new Timeline(
            scale,
            [
                Own(data, scale, ranking, cut),
                .. nodes.Select(node => OfNode(node, byNode[node.NodetaskId], scale, ranking, cut)),
            ],
            [.. data.Receipts.Select(receipt => new ReceiptMark(scale.Place(receipt.ReceivedAt), receipt))],
            cut,
            data.HasOlderReceipts ? data.Receipts.Min(static receipt => receipt.ReceivedAt) : null,
            data.State.Nodes.Length - nodes.Count
        );
    }

    private static Lane Own(
        TimelineData data,
        TimeScale scale,
        ImmutableArray<WorkflowOutcome> ranking,
        DateTimeOffset? cut
    )
    {
        var drawing = new LaneDrawing(scale, ranking);
        var latest = data.Latest.Where(static change => change.Subject.NodetaskId is null).ToList();
        var oldest = data.Oldest.Changes.Where(change => !latest.Contains(change)).ToList();

        // Retention removed what was before.
        if (oldest is [{ From: not null } kept, ..])
            drawing.Skip(scale.Start, kept.At, Of(kept.From));

        oldest.ForEach(drawing.Add);
        if (cut is { } from && (oldest.Count == 0 ? scale.Start : data.Oldest.Through) is { } through)
        {
            var first = latest.Find(static change => change.To?.Phase is not null);
            drawing.Skip(through, from, first is null ? Of(data.State) : Of(first.From));
        }

        latest.ForEach(drawing.Add);
        return drawing.Finish("Workflow", null, null);
    }

    /// <summary>
    /// The tasks before the cut follow from their first change after it or, without one, from the state.
    /// </summary>
    private static Lane OfNode(
        NodeTaskView node,
        IEnumerable<TransitionSummary> changes,
        TimeScale scale,
        ImmutableArray<WorkflowOutcome> ranking,
        DateTimeOffset? cut
    )
    {
        var drawing = new LaneDrawing(scale, ranking);
        if (cut is { } from)
        {
            var before = node.Tasks.ToDictionary(
                static task => Key(task.TaskId),
                static task => (task.TaskId, Status: Of(task))
            );
            var ofTasks = changes.Where(static change => change is { IsTask: true, To.Phase: not null });
            foreach (var first in ofTasks.DistinctBy(static change => Key(change.Subject.TaskId)))
                before[Key(first.Subject.TaskId)] = (first.Subject.TaskId, Of(first.From));

            drawing.Skip(
                scale.Start,
                from,
                before
                    .Values.Where(static task => task.Status is not null)
                    .Select(static task => (task.TaskId, task.Status!.Value))
            );
        }

        foreach (var change in changes)
            drawing.Add(change);

        return drawing.Finish(node.NodetaskName, node.NodetaskId, node.NodeType);

        static string Key(string? taskId) => taskId is null ? string.Empty : $"+{taskId}";
    }

    private static StatusValue? Of(WorkflowView state) =>
        state is { Status: { } status, Phase: { } phase } ? new StatusValue(status, phase, state.Outcome) : null;

    private static StatusValue? Of(TaskView task) => new StatusValue(task.Status, task.Phase, task.Outcome);

    private static StatusValue? Of(StatusValueSummary? known) =>
        known is { Phase: { } phase } ? new StatusValue(known.Text, phase, known.Outcome) : null;
}

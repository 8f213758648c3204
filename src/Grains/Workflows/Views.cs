using System.Collections.Immutable;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Grains.Workflows;

/// <summary>Shows states as the contract has them.</summary>
public static class Views
{
    /// <summary>The view of a workflow.</summary>
    public static WorkflowView Of(WorkflowState state, ImmutableArray<WorkflowOutcome> ranking) =>
        new()
        {
            WorkflowId = state.WorkflowId,
            WorkflowName = state.Name ?? string.Empty,
            Status = state.Status?.StatusBy(ranking),
            Phase = state.Status?.Phase,
            Outcome = state.Status?.OutcomeBy(ranking),
            Contested = state.Status?.Contested(ranking) ?? [],
            Version = state.Version,
            Attention = ImmutableArray.CreateRange(Attention.Of(state, ranking), Of),
            FirstReceivedAt = DateTimeOffset.FromUnixTimeMilliseconds(state.FirstReceivedAt),
            LastReceivedAt = DateTimeOffset.FromUnixTimeMilliseconds(state.LastReceivedAt),
            LastChangedAt = DateTimeOffset.FromUnixTimeMilliseconds(state.LastChangedAt),
            Nodes = ImmutableArray.CreateRange(state.Nodes, Of, ranking),
            HasFacts = state.HasFacts,
        };

    /// <summary>The view of a node task.</summary>
    public static NodeTaskView Of(NodeState node, ImmutableArray<WorkflowOutcome> ranking)
    {
        var value = node.StatusValue(ranking);
        return new NodeTaskView
        {
            NodetaskId = node.NodeTaskId,
            NodetaskName = node.Name,
            NodeType = node.NodeType,
            Status = value?.Status,
            Phase = value?.Phase,
            Outcome = value?.Outcome,
            Version = node.Version,
            Tasks = ImmutableArray.CreateRange(node.Tasks, Of, ranking),
            HasFacts = node.HasFacts,
        };
    }

    /// <summary>The view of what another vocabulary shows otherwise.</summary>
    public static RefoldChange Of(Transition transition)
    {
        var row = TransitionRows.OfRefold(transition);
        return new RefoldChange(
            row.Kind,
            new SubjectView(row.NodeTaskId, row.TaskId),
            row.IsTask,
            Of(row.From),
            Of(row.To)
        );
    }

    /// <summary>The view of what is odd.</summary>
    public static AttentionView Of(Attention attention) =>
        new(attention.Kind, new SubjectView(attention.Subject.NodeTaskId, attention.Subject.TaskId), attention.Detail);

    private static StatusValueView? Of(StatusValueRow? row) =>
        row is null ? null : new StatusValueView(row.Text, row.Phase, row.Outcome);

    private static TaskView Of(TaskState task, ImmutableArray<WorkflowOutcome> ranking) =>
        new(
            task.TaskId,
            task.Status.StatusBy(ranking),
            task.Status.Phase,
            task.Status.OutcomeBy(ranking),
            task.Status.Contested(ranking)
        );
}

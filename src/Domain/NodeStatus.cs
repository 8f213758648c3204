using System.Collections.Immutable;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Domain;

/// <summary>
/// The status of a node task, derived from its tasks: the least advanced one's, by phase and rank; if all have ended,
/// that of the outcome that ranks highest. The anonymous task counts only while there is no named one.
/// </summary>
public static class NodeStatus
{
    /// <summary>The tasks that count for a node.</summary>
    public static ImmutableArray<TaskState> CountingTasks(this NodeState node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return node.Tasks is [{ TaskId: null }, _, ..] ? node.Tasks.RemoveAt(0) : node.Tasks;
    }

    /// <summary>A node's value; null while it has no task.</summary>
    /// <remarks>
    /// Of several words that could stand for it, the smallest is shown, so that the order of arrival does not matter.
    /// </remarks>
    public static StatusValue? StatusValue(this NodeState node, ImmutableArray<WorkflowOutcome> ranking) =>
        Find(node, ranking)?.StatusValue;

    /// <summary>The task whose value is the node's; null while it has none.</summary>
    public static TaskState? RepresentativeTask(this NodeState node, ImmutableArray<WorkflowOutcome> ranking) =>
        Find(node, ranking)?.Task;

    private static (TaskState Task, StatusValue StatusValue)? Find(
        NodeState node,
        ImmutableArray<WorkflowOutcome> ranking
    )
    {
        ArgumentNullException.ThrowIfNull(node);
        (TaskState Task, StatusValue StatusValue)? found = null;
        var skip = node.Tasks is [{ TaskId: null }, _, ..] ? 1 : 0;
        for (var i = skip; i < node.Tasks.Length; i++)
        {
            var value = node.Tasks[i].Status.StatusValue(ranking);
            if (found is not { } least || Precedes((node.Tasks[i], value), least, ranking))
                found = (node.Tasks[i], value);
        }

        return found;
    }

    private static bool Precedes(
        (TaskState Task, StatusValue StatusValue) first,
        (TaskState Task, StatusValue StatusValue) second,
        ImmutableArray<WorkflowOutcome> ranking
    )
    {
        var (a, b) = (first.StatusValue, second.StatusValue);
        if (a.Phase != b.Phase)
            return a.Phase < b.Phase;

        if (a.Outcome is { } outcomeOfA && b.Outcome is { } outcomeOfB && outcomeOfA != outcomeOfB)
            return ranking.IndexOf(outcomeOfA) < ranking.IndexOf(outcomeOfB);

        if (first.Task.Status.Rank != second.Task.Status.Rank)
            return first.Task.Status.Rank < second.Task.Status.Rank;

        return string.CompareOrdinal(a.Status, b.Status) < 0;
    }
}

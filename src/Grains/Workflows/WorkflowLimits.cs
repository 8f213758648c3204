using System.Collections.Immutable;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Grains.Workflows;

/// <summary>
/// How much one workflow may hold. What is known moves on at a limit; a notification that tells of more is refused.
/// </summary>
/// <param name="MaxNodes">Node tasks.</param>
/// <param name="MaxTasks">Tasks of all node tasks.</param>
/// <param name="MaxNodeTypes">Different types of node tasks: they are in the workflow's row in the list.</param>
public sealed record WorkflowLimits(int MaxNodes, int MaxTasks, int MaxNodeTypes)
{
    /// <summary>The limits unless others are configured.</summary>
    public static readonly WorkflowLimits Default = new(100_000, 100_000, 1_000);

    private int Least => Math.Min(MaxNodes, Math.Min(MaxTasks, MaxNodeTypes));

    /// <summary>Whether a notification, whatever else is known, could lead beyond a limit from a state.</summary>
    public bool MayExceed(WorkflowState state, StatusChange notification) =>
        state.Nodes.Length + state.Totals.Tasks + notification.Actions.Length > Least;

    /// <summary>Why a notification is refused; null if it is not.</summary>
    /// <param name="before">The state before it.</param>
    /// <param name="result">What folding it gives.</param>
    /// <param name="notification">The notification.</param>
    public WorkflowLimitException? Check(WorkflowState before, in FoldResult result, StatusChange notification)
    {
        var after = result.State;
        if (after.Nodes.Length > MaxNodes && after.Nodes.Length > before.Nodes.Length)
            return Refuse(
                "nodetask_id",
                "node tasks",
                "MaxNodes",
                MaxNodes,
                FirstBeyond(before, notification, MaxNodes - before.Nodes.Length, IsNewNode)
            );

        if (after.Totals.Tasks > MaxTasks && after.Totals.Tasks > before.Totals.Tasks)
        {
            return Refuse(
                "task_id",
                "tasks",
                "MaxTasks",
                MaxTasks,
                FirstBeyond(before, notification, MaxTasks - before.Totals.Tasks, IsNewTask)
            );
        }

        var known = before.Totals.Types;
        var types = after.Totals.Types.Length;
        return types <= MaxNodeTypes || types <= known.Length
            ? null
            : Refuse(
                "node_type",
                "types of node tasks",
                "MaxNodeTypes",
                MaxNodeTypes,
                FirstBeyond(before, notification, MaxNodeTypes - known.Length, (_, action) =>
                    known.BinarySearch(action.NodeType ?? string.Empty, StringComparer.Ordinal) < 0
                        ? action.NodeType ?? string.Empty
                        : null
                )
            );
    }

    private static string? IsNewNode(WorkflowState before, StatusChangeAction action) =>
        before.FindNode(action.NodeTaskId) is null ? action.NodeTaskId : null;

    private static Subject? IsNewTask(WorkflowState before, StatusChangeAction action) =>
        action.TaskStatus is null || before.FindNode(action.NodeTaskId)?.FindTask(action.TaskId) is not null
            ? null
            : Subject.Task(action.NodeTaskId, action.TaskId);

    /// <summary>The first entry that tells of more new things than there is room for.</summary>
    private static int FirstBeyond<T>(
        WorkflowState before,
        StatusChange notification,
        int room,
        Func<WorkflowState, StatusChangeAction, T> findNew
    )
    {
        var found = new HashSet<T>();
        for (var i = 0; i < notification.Actions.Length; i++)
        {
            if (findNew(before, notification.Actions[i]) is { } isNew && found.Add(isNew) && found.Count > room)
                return i;
        }

        return 0;
    }

    private static WorkflowLimitException Refuse(string field, string what, string setting, int limit, int entry) =>
        new(
            $"$.actions[{entry}].{field}",
            $"The workflow would have more than {limit} {what}, which is the limit (Workflows:{setting}). Those "
                + "that are known still change."
        );
}

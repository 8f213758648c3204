using Orleans.Workflow.Wire;

namespace Orleans.Workflow.PlainOrleans;

/// <summary>A notification as it travels between grains.</summary>
[GenerateSerializer, Immutable]
public sealed record StatusReport(
    [property: Id(0)] string WorkflowId,
    [property: Id(1)] string Name,
    [property: Id(2)] string Status,
    [property: Id(3)] NodeState[] Nodes
)
{
    /// <summary>Of the vendor's body.</summary>
    public static StatusReport Of(VendorNotification notification)
    {
        ArgumentNullException.ThrowIfNull(notification);
        return new StatusReport(
            notification.WorkflowId,
            notification.WorkflowName,
            notification.Status,
            Array.ConvertAll(notification.Actions, static a => new NodeState
            {
                NodeTaskId = a.NodetaskId,
                Name = a.NodetaskName,
                NodeType = a.NodeType,
                TaskId = a.TaskId,
                TaskStatus = a.TaskStatus,
            })
        );
    }
}

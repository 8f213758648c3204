using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Testing.Campaigns;

namespace Orleans.Workflow.Storage.Tests.Hosting;

/// <summary>Makes what is delivered to a workflow's grain.</summary>
internal static class Receipts
{
    /// <summary>A receipt that tells a status and tasks, each on a node of its own.</summary>
    public static NotificationReceipt Of(string workflowId, string status, params (string Node, string Status)[] tasks) => Of(
        new Notification(workflowId, "A name", status, [.. tasks.Select(static task => new ActionEntry(task.Node, "A node", "call", "task", task.Status))]),
        Guid.CreateVersion7());

    /// <summary>A receipt of a notification.</summary>
    public static NotificationReceipt Of(Notification notification, Guid id, string source = Campaign.DefaultSource) => new(
        id,
        DateTimeOffset.FromUnixTimeMilliseconds(Sample.Time),
        source,
        new StatusChange(
            notification.WorkflowId,
            notification.WorkflowName,
            notification.Status,
            [.. notification.Actions.Select(static entry =>
                new StatusChangeAction(entry.NodeTaskId, entry.NodeTaskName, entry.NodeType, entry.TaskId, entry.TaskStatus))]),
        VendorJson.Write(notification));
}

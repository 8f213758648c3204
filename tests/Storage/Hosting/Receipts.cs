using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Testing.Campaigns;

namespace Orleans.Workflow.Storage.Tests.Hosting;

/// <summary>Makes what is delivered to a workflow's grain.</summary>
internal static class Receipts
{
    /// <summary>A receipt with a status and tasks, each on a node of its own.</summary>
    public static NotificationReceipt Of(
        string workflowId,
        string status,
        params (string Node, string Status)[] tasks
    ) =>
        Of(
            new StatusChange(
                workflowId,
                "A name",
                status,
                [
                    .. tasks.Select(static task => new StatusChangeAction(
                        task.Node,
                        "A node",
                        "call",
                        "task",
                        task.Status
                    )),
                ]
            ),
            Guid.CreateVersion7()
        );

    /// <summary>A receipt of a notification.</summary>
    public static NotificationReceipt Of(StatusChange notification, Guid id, string source = Campaign.DefaultSource) =>
        new(
            id,
            DateTimeOffset.FromUnixTimeMilliseconds(Sample.Time),
            source,
            notification,
            VendorJson.Write(notification)
        );
}

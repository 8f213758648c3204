using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Grains.Notifications;
using Orleans.Workflow.Grains.Workflows;

namespace Orleans.Workflow.Grains.Receipts;

/// <summary>Turns stored receipts back into what the fold takes.</summary>
internal static class StoredReceipts
{
    /// <summary>The fold's receipt, or what is wrong with the body: then the database holds something that was never accepted.</summary>
    public static (Receipt? Receipt, string? Error) Read(ReceiptRow stored, string workflowId)
    {
        var (notification, error) = NotificationReader.Read(stored.Body);
        if (notification is null)
            return (null, $"{error!.Path}: {error.Detail}");

        return notification.WorkflowId == workflowId
            ? (DomainNotifications.Of(stored.Id, stored.ReceivedAt, stored.Source, notification), null)
            : (null, "The body is about another workflow.");
    }
}

using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Notifications;
using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Grains.Receipts;

/// <summary>Turns stored receipts back into what the fold takes.</summary>
internal static class StoredReceipts
{
    /// <summary>
    /// The fold's receipt, or what is wrong with the body: then the database holds something that was never accepted.
    /// </summary>
    public static (Receipt? Receipt, string? Error) Read(ReceiptRow stored, string workflowId)
    {
        if (stored.Kind == ReceiptKind.Introduction)
            return Introduction.Read(stored.Body) is { } introduction
                ? (new Receipt(stored.Id, stored.ReceivedAt, stored.Source, introduction.Of(workflowId)), null)
                : (null, "The body is no introduction.");

        var (notification, error) = NotificationReader.Read(stored.Body);
        if (notification is null)
            return (null, $"{error!.Path}: {error.Detail}");

        return notification.WorkflowId == workflowId
            ? (new Receipt(stored.Id, stored.ReceivedAt, stored.Source, notification), null)
            : (null, "The body is about another workflow.");
    }
}

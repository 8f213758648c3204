using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Grains.Notifications;
using Orleans.Workflow.Grains.Workflows;

namespace Orleans.Workflow.Grains.Replays;

/// <summary>Turns stored receipts back into what the fold takes.</summary>
internal static class StoredReceipts
{
    /// <summary>The fold's receipt.</summary>
    /// <exception cref="InvalidDataException">The body cannot be read: the database holds something that was never accepted.</exception>
    public static Receipt Read(HistoryEntry entry)
    {
        var (notification, error) = NotificationReader.Read(entry.Body.Span);
        return notification is not null
            ? DomainNotifications.Of(entry.Id, entry.ReceivedAt, entry.Source, notification)
            : throw new InvalidDataException($"The stored body of receipt {entry.Id} cannot be read at {error!.Path}: {error.Detail}");
    }
}

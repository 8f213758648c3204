using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Domain;

/// <summary>One accepted notification, as the fold takes it.</summary>
/// <param name="Id">The receipt's id, a UUIDv7.</param>
/// <param name="ReceivedAt">When it was received, in Unix milliseconds. Shown, never compared by a rule.</param>
/// <param name="Source">The named sender.</param>
/// <param name="Notification">What was received.</param>
public sealed record Receipt(Guid Id, long ReceivedAt, string Source, StatusChange Notification)
{
    /// <summary>Of a notification on its way to its workflow.</summary>
    public static Receipt Of(NotificationReceipt receipt)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        return new(receipt.Id, receipt.ReceivedAt.ToUnixTimeMilliseconds(), receipt.Source, receipt.Notification);
    }
}

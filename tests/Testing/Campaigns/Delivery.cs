using System.Collections.Immutable;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Testing.Campaigns;

/// <summary>A notification on its way to us.</summary>
/// <param name="Source">The source.</param>
/// <param name="Notification">What it says.</param>
public sealed record Delivery(string Source, StatusChange Notification);

/// <summary>Deliveries as they arrive.</summary>
public static class Deliveries
{
    /// <summary>
    /// When the first receipt is received, in Unix milliseconds; each further one is received a second later.
    /// </summary>
    public const long FirstReceivedAt = 1_795_341_600_000;

    /// <summary>
    /// The deliveries as accepted, in their order, with ids and times that follow from the position alone.
    /// </summary>
    public static ImmutableArray<Receipt> Receipts(this IEnumerable<Delivery> deliveries)
    {
        ArgumentNullException.ThrowIfNull(deliveries);
        return
        [
            .. deliveries.Select(
                (delivery, position) =>
                    new Receipt(
                        Id(position),
                        FirstReceivedAt + (1000L * position),
                        delivery.Source,
                        delivery.Notification
                    )
            ),
        ];
    }

    /// <summary>An id of the shape of a UUIDv7 that follows from a position.</summary>
    private static Guid Id(int position) => new(position, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0);
}

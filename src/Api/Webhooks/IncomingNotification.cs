using System.Collections.Immutable;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Notifications;

namespace Orleans.Workflow.Api.Webhooks;

/// <summary>A notification as it was read from its body: a status change or a fact.</summary>
/// <param name="Change">The status change; null of a fact.</param>
/// <param name="Fact">The fact; null of a status change.</param>
/// <param name="Repairs">What was repaired.</param>
internal sealed record IncomingNotification(StatusChange? Change, Fact? Fact, ImmutableArray<Repair> Repairs)
{
    /// <summary>Reads a body; null with what is wrong with it if it cannot be taken.</summary>
    /// <param name="body">The body.</param>
    /// <param name="kind">Which notification it is; null if its fields say it.</param>
    /// <param name="keepsUnknown">Whether what is of no kind by its fields is taken all the same.</param>
    /// <param name="recent">What was read before.</param>
    public static (IncomingNotification? Notification, NotificationError? Error) Read(
        byte[] body,
        NotificationKind? kind,
        bool keepsUnknown,
        RecentNotifications? recent = null
    )
    {
        NotificationError? unrecognised = null;
        if (kind is null)
            (kind, unrecognised) = FactReader.Tell(body);

        kind ??= keepsUnknown ? NotificationKinds.Unknown : null;
        return kind is null ? (null, unrecognised)
            : kind.Fact is { } fact ? ReadFact(fact, body)
            : ReadChange(body, recent);
    }

    private static (IncomingNotification?, NotificationError?) ReadFact(FactKind kind, byte[] body)
    {
        var (fact, error) = FactReader.Read(kind, body, out var repairs);
        return (fact is null ? null : new IncomingNotification(null, fact, repairs), error);
    }

    private static (IncomingNotification?, NotificationError?) ReadChange(byte[] body, RecentNotifications? recent)
    {
        var (change, error) = NotificationReader.Read(body, recent, out var repairs);
        return (change is null ? null : new IncomingNotification(change, null, repairs), error);
    }
}

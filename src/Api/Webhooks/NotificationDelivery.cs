using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Api.Webhooks;

/// <summary>Brings a notification to its workflow or node.</summary>
internal sealed class NotificationDelivery(WorkflowGrains grains, GrainCalls calls, TimeProvider time)
{
    /// <summary>Delivers a notification as a receipt of its own; answers when it is durable.</summary>
    /// <exception cref="GrainsUnavailableException">No answer came in time.</exception>
    /// <exception cref="WorkflowBusyException">Too much is waiting.</exception>
    public ValueTask<Acknowledgement> Deliver(string source, IncomingNotification notification, byte[] body)
    {
        var now = time.GetUtcNow();
        var id = ReceiptIds.New(now);
        return notification.Fact is { } fact
            ? Deliver(new FactReceipt(id, now, source, fact, body))
            : Deliver(new NotificationReceipt(id, now, source, notification.Change!, body));
    }

    // Once the body is here, what becomes of it does not depend on the sender staying: it may have gone away without an
    // answer.
    private ValueTask<Acknowledgement> Deliver(NotificationReceipt receipt)
    {
        var grain = grains.Workflow(receipt.Notification.WorkflowId);
        return calls.Call(() => grain.Receive(receipt), CancellationToken.None);
    }

    private ValueTask<Acknowledgement> Deliver(FactReceipt receipt)
    {
        var grain = grains.Facts(receipt.Fact.WorkflowId, receipt.Fact.NodetaskId);
        return calls.Call(() => grain.Receive(receipt), CancellationToken.None);
    }
}

using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Api.Webhooks;

/// <summary>Brings a notification to its workflow.</summary>
internal sealed class NotificationDelivery(WorkflowGrains grains, GrainCalls calls, TimeProvider time)
{
    /// <summary>Delivers a notification as a receipt of its own; answers when it is folded and durable.</summary>
    /// <exception cref="NotAvailableException">No answer came in time.</exception>
    /// <exception cref="WorkflowBusyException">Too much is waiting.</exception>
    public ValueTask<Acknowledgement> Deliver(string source, StatusChange notification, byte[] body)
    {
        var now = time.GetUtcNow();
        var receipt = new NotificationReceipt(ReceiptIds.New(now), now, source, notification, body);
        var grain = grains.Workflow(notification.WorkflowId);

        // Once the body is here, its fold does not depend on the sender staying: it may have gone away without an answer.
        return calls.Call(() => grain.Receive(receipt), CancellationToken.None);
    }
}

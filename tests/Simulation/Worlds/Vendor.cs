using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Simulation.Tests.Faults;
using Orleans.Workflow.Simulation.Tests.Properties;
using Orleans.Workflow.Simulation.Tests.Runtime;
using Orleans.Workflow.Testing.Campaigns;

namespace Orleans.Workflow.Simulation.Tests.Worlds;

/// <summary>
/// Sends the notifications of workflows to the Api, each at its time, and again if it was not accepted.
/// </summary>
internal sealed class Vendor(Cluster cluster, ApiModel api)
{
    private const int MaxSendings = 3;

    private readonly List<NotificationReceipt> _sent = [];

    /// <summary>Sends a notification until it is accepted, or the vendor gives up.</summary>
    /// <returns>Whether it was accepted.</returns>
    public async Task<bool> Send(Delivery delivery)
    {
        for (var sending = 1; sending <= MaxSendings; sending++)
        {
            if (await SendOnce(delivery))
                return true;

            await cluster.Time.Pause(cluster.Faults.Random.Between(100, 3_000));
        }

        return false;
    }

    /// <summary>Sends a notification as a receipt of its own.</summary>
    public async Task<bool> SendOnce(Delivery delivery)
    {
        var receipt = Receipt(delivery);
        try
        {
            await api.Call(() => api.Grains.Workflow(delivery.Notification.WorkflowId).Receive(receipt));
        }
        catch (WorkflowBusyException)
        {
            cluster.Faults.Note(FaultKind.Busy, $"{receipt.Id}");
            return false;
        }
        catch (TimeoutException)
        {
            cluster.Trace.Add($"{receipt.Id} was not acknowledged");
            return false;
        }

        if (cluster.Faults.Strikes(FaultKind.ReceiptAgain, $"{receipt.Id}"))
            await Redeliver(receipt);

        return true;
    }

    /// <summary>Delivers the last receipts that are held once more, as an Api does that has got no answer.</summary>
    public async Task RetryStored(int atMost, Func<Guid, bool> isHeld)
    {
        foreach (var receipt in Enumerable.Reverse(_sent).Where(receipt => isHeld(receipt.Id)).Take(atMost).ToList())
        {
            try
            {
                await api.Call(() => api.Grains.Workflow(receipt.Notification.WorkflowId).Receive(receipt));
            }
            catch (TimeoutException)
            {
                cluster.InvariantChecker.Violate(
                    Property.ReceiptOnce,
                    $"{receipt.Id} is stored, and delivered again it gets no answer"
                );
            }
        }
    }

    private async Task Redeliver(NotificationReceipt receipt)
    {
        await cluster.Time.Pause(cluster.Faults.Random.Between(0, 3_000));
        try
        {
            await api.Call(() => api.Grains.Workflow(receipt.Notification.WorkflowId).Receive(receipt));
        }
        catch (Exception exception) when (exception is TimeoutException or WorkflowBusyException)
        {
            cluster.Trace.Add($"{receipt.Id} was not acknowledged again");
        }
    }

    private NotificationReceipt Receipt(Delivery delivery)
    {
        var said = delivery.Notification;
        var receipt = new NotificationReceipt(
            new Guid(_sent.Count + 1, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0),
            cluster.Time.GetUtcNow(),
            delivery.Source,
            said,
            VendorJson.Write(said)
        );
        _sent.Add(receipt);
        return receipt;
    }
}

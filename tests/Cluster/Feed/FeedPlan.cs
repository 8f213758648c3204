using System.Runtime.InteropServices;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Testing.Campaigns;
using Orleans.Workflow.Testing.Deliveries;

namespace Orleans.Workflow.Cluster.Tests.Feed;

/// <summary>
/// A plan in which every notification changes something: concurrent workflows whose nodes move together. Each
/// notification is sent once, in order.
/// </summary>
internal static class FeedPlan
{
    private const int Nodes = 6;

    private static readonly string[] Life = ["creating", "running", "paused", "resumed", "finished"];

    public static DeliveryPlan Generate(int seed, int workflows) =>
        new(
            seed,
            [
                .. from step in Enumerable.Range(0, Life.Length)
                from workflow in Enumerable.Range(0, workflows)
                let said = Say($"feed/{seed}/{workflow}", Life[step])
                select new PlannedDelivery(
                    (step * workflows) + workflow,
                    Campaign.DefaultSource,
                    said,
                    ImmutableCollectionsMarshal.AsImmutableArray(VendorJson.Write(said))
                ),
            ]
        );

    private static StatusChange Say(string workflowId, string status) =>
        new(
            workflowId,
            "Feed",
            status,
            [
                .. Enumerable
                    .Range(0, Nodes)
                    .Select(node => new StatusChangeAction($"n{node}", $"Node {node}", "call", "t", status)),
            ]
        );
}

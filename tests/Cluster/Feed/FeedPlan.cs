using System.Runtime.InteropServices;
using Orleans.Workflow.Testing.Campaigns;
using Orleans.Workflow.Testing.Deliveries;

namespace Orleans.Workflow.Cluster.Tests.Feed;

/// <summary>A plan of which nearly everything changes something: campaigns side by side, each told in its order and once.</summary>
internal static class FeedPlan
{
    public static DeliveryPlan Generate(int seed, int workflows, int moves)
    {
        var random = new Random(seed);
        var campaigns = Enumerable.Range(0, workflows).Select(i => CampaignModel.Generate(random.Next(), new CampaignOptions
        {
            Moves = moves,
            MaxNodes = 12,
            RunsToItsEnd = true,
            WorkflowId = $"feed/{seed}/{i}",
        }).Deliveries()).ToList();
        var inTurn =
            from turn in Enumerable.Range(0, campaigns.Max(static campaign => campaign.Length))
            from campaign in campaigns
            where turn < campaign.Length
            select campaign[turn];
        return new DeliveryPlan(seed, [.. inTurn.Select(static (delivery, number) => new Parcel(
            number, delivery.Source, delivery.Notification, ImmutableCollectionsMarshal.AsImmutableArray(VendorJson.Write(delivery.Notification))))]);
    }
}

using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Orleans.Workflow.Testing.Campaigns;

namespace Orleans.Workflow.Testing.Deliveries;

/// <summary>What is delivered of some workflows. The same for the same seed.</summary>
/// <param name="Seed">What it was drawn from.</param>
/// <param name="Deliveries">The deliveries in the order in which they are sent: that of all workflows shuffled
/// together.</param>
public sealed record DeliveryPlan(int Seed, ImmutableArray<PlannedDelivery> Deliveries)
{
    /// <summary>What the vendor says wrongly, beside what the transport does to it.</summary>
    private static readonly ImmutableArray<MangleKind> OfContent =
    [
        .. Mangle.All.Except(Mangle.OfTransport).Except([MangleKind.OtherSource]),
    ];

    private static readonly ImmutableArray<AbsentAs> Absences = [.. Enum.GetValues<AbsentAs>()];

    /// <summary>The ids of the workflows.</summary>
    public IEnumerable<string> WorkflowIds =>
        Deliveries.Select(static plannedDelivery => plannedDelivery.WorkflowId).Distinct();

    /// <summary>Draws campaigns, mangles, drops and repeats some of what they say, and shuffles it all.</summary>
    /// <param name="seed">The seed of every random choice.</param>
    /// <param name="workflows">How many workflows.</param>
    /// <param name="severalSources">Whether the sources <c>account-0</c> to <c>account-2</c> send too.</param>
    public static DeliveryPlan Generate(int seed, int workflows, bool severalSources = false)
    {
        var random = new Random(seed);
        var plannedDeliveries = new List<PlannedDelivery>();
        for (var i = 0; i < workflows; i++)
        {
            var campaign = CampaignModel.Generate(
                random.Next(),
                new CampaignOptions
                {
                    Moves = random.Next(4, 36),
                    RunsToItsEnd = random.Next(2) == 0,
                    WorkflowId = CampaignModel.Hex($"plan/{seed}/{i}"),
                }
            );
            foreach (var delivery in Mangled(campaign.Deliveries(), random, severalSources))
            {
                var body = VendorJson.Write(delivery.Notification, Absences.Pick(random.Next()));
                plannedDeliveries.Add(
                    new PlannedDelivery(
                        plannedDeliveries.Count,
                        delivery.Source,
                        delivery.Notification,
                        ImmutableCollectionsMarshal.AsImmutableArray(body)
                    )
                );
            }
        }

        var order = plannedDeliveries.ToArray();
        random.Shuffle(order);
        return new DeliveryPlan(seed, [.. order]);
    }

    private static ImmutableArray<Delivery> Mangled(
        ImmutableArray<Delivery> deliveries,
        Random random,
        bool severalSources
    )
    {
        deliveries = Mangling.Apply(deliveries, random, random.Next(4), OfContent);
        if (severalSources)
            deliveries = Mangling.Apply(deliveries, random, random.Next(3), [MangleKind.OtherSource]);

        deliveries = Mangling.Drop(deliveries, random, random.Next(3));
        return Mangling.Duplicate(deliveries, random, random.Next(1, 10));
    }
}

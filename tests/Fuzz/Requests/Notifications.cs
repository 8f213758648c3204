using System.Text;
using Orleans.Workflow.Testing.Campaigns;

namespace Orleans.Workflow.Fuzz.Tests.Requests;

/// <summary>
/// Notifications to begin with: of a few hundred workflows, so that what is accepted meets what is known.
/// </summary>
internal static class Notifications
{
    private const int Workflows = 400;

    private static readonly byte[][] Answered = Bodies(0);
    private static readonly byte[][] HungUp = Bodies(Workflows);

    /// <summary>Draws a sound body.</summary>
    public static byte[] Sound(SeededRandom random) => random.OneOf<byte[]>(Answered);

    /// <summary>
    /// Draws a valid body for a sender that hangs up. If it arrived completely, it is folded without an answer;
    /// therefore its workflow is its own, and those of the others can be counted.
    /// </summary>
    public static byte[] OfNobody(SeededRandom random) => random.OneOf<byte[]>(HungUp);

    /// <summary>Draws a body that may be broken.</summary>
    public static byte[] Any(SeededRandom random) =>
        random.Below(5) switch
        {
            0 => Sound(random),
            1 or 2 => ByteMutations.Apply(random, Sound(random)),
            _ => Encoding.UTF8.GetBytes(JsonMutations.Apply(random, Encoding.UTF8.GetString(Sound(random)))),
        };

    private static byte[][] Bodies(int firstSeed) =>
        [
            .. from seed in Enumerable.Range(firstSeed, Workflows)
            from notification in CampaignModel.Generate(seed, new CampaignOptions { Moves = 6 }).Deliveries()
            select VendorJson.Write(notification.Notification),
        ];
}

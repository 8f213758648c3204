using System.Text;
using Orleans.Workflow.Testing.Campaigns;

namespace Orleans.Workflow.Fuzz.Tests.Requests;

/// <summary>Notifications to begin with: of a few hundred workflows, so that what is accepted meets what is known.</summary>
internal static class Notifications
{
    private const int Workflows = 400;

    private static readonly byte[][] Answered = Bodies(0);
    private static readonly byte[][] HungUp = Bodies(Workflows);

    /// <summary>Draws a sound body.</summary>
    public static byte[] Sound(Dice dice) => dice.OneOf<byte[]>(Answered);

    /// <summary>
    /// Draws a sound body for a sender that hangs up. What arrived whole before that is folded though nobody hears of it, so it is of
    /// workflows of its own: those of the others can be counted.
    /// </summary>
    public static byte[] OfNobody(Dice dice) => dice.OneOf<byte[]>(HungUp);

    /// <summary>Draws a body that may be broken.</summary>
    public static byte[] Any(Dice dice) => dice.Below(5) switch
    {
        0 => Sound(dice),
        1 or 2 => ByteMutations.Apply(dice, Sound(dice)),
        _ => Encoding.UTF8.GetBytes(JsonMutations.Apply(dice, Encoding.UTF8.GetString(Sound(dice)))),
    };

    private static byte[][] Bodies(int firstSeed) =>
    [
        .. from seed in Enumerable.Range(firstSeed, Workflows)
           from notification in CampaignModel.Generate(seed, new CampaignOptions { Moves = 6 }).Deliveries()
           select VendorJson.Write(notification.Notification),
    ];
}

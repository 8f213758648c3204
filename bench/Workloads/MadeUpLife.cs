using Orleans.Workflow.Benchmarks.Load;

namespace Orleans.Workflow.Benchmarks.Workloads;

/// <summary>
/// Campaigns of one notification, each with a status of its own, as of a sender that puts numbers into words.
/// </summary>
internal sealed class MadeUpLife : ILife
{
    public int Steps => 1;

    /// <summary>The status of a campaign.</summary>
    public static string Status(int campaign) => $"in progress {campaign} of many";

    public void Write(RequestBuffer body, ulong seed, int campaign, int step)
    {
        var number = (ulong)campaign;
        BodyWriter
            .Open(
                body,
                Id.Of(seed, number),
                "spring sale"u8,
                campaign,
                System.Text.Encoding.UTF8.GetBytes(Status(campaign))
            )
            .Node(0, Id.Of(seed, number, 1), "Voicebot Call"u8, "call"u8)
            .Task(Id.Of(seed, number, 2), "running"u8)
            .Close();
    }
}

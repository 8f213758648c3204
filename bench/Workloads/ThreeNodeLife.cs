using Orleans.Workflow.Benchmarks.Load;

namespace Orleans.Workflow.Benchmarks.Workloads;

/// <summary>A campaign like the vendor's example: a message and two calls, from its making to its end.</summary>
internal sealed class ThreeNodeLife : ILife
{
    public int Steps => 8;

    /// <summary>The notification that ends a campaign, which is also one from which everything is known.</summary>
    public const int Last = 7;

    public void Write(RequestBuffer body, ulong seed, int campaign, int step)
    {
        var status = step switch
        {
            0 => "creating"u8,
            1 => "not started"u8,
            < Last => "running"u8,
            _ => "finished"u8,
        };
        var first = step switch
        {
            < 3 => default,
            3 => "not started"u8,
            4 => "running"u8,
            _ => "finished"u8,
        };
        var second = step switch
        {
            < 6 => default,
            6 => "running"u8,
            _ => "finished"u8,
        };
        var number = (ulong)campaign;
        BodyWriter
            .Open(body, Id.Of(seed, number), "0522 spring sale"u8, campaign, status)
            .Node(0, Id.Of(seed, number, 1), "SMS"u8, "sms"u8)
            .Task(default, default)
            .Node(1, Id.Of(seed, number, 2), "Voicebot Call"u8, "call"u8)
            .Task(Id.Of(seed, number, 4), first)
            .Node(2, Id.Of(seed, number, 3), "Voicebot Call"u8, "call"u8)
            .Task(Id.Of(seed, number, 5), second)
            .Close();
    }
}

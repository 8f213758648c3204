using Orleans.Workflow.Benchmarks.Load;

namespace Orleans.Workflow.Benchmarks.Workloads;

/// <summary>One campaign that is paused and resumed without end.</summary>
internal sealed class HotLife : ILife
{
    public int Steps => int.MaxValue;

    public void Write(RequestBuffer body, ulong seed, int campaign, int step) =>
        Write(body, seed, step % 2 == 0 ? "running"u8 : "paused"u8, "running"u8);

    /// <summary>
    /// Writes the notification that ends it, so that the final state does not depend on what arrived last.
    /// </summary>
    public static void WriteEnd(RequestBuffer body, ulong seed) => Write(body, seed, "finished"u8, "finished"u8);

    private static void Write(RequestBuffer body, ulong seed, ReadOnlySpan<byte> status, ReadOnlySpan<byte> call) =>
        BodyWriter
            .Open(body, Id.Of(seed, 0), "0522 spring sale"u8, 0, status)
            .Node(0, Id.Of(seed, 0, 1), "SMS"u8, "sms"u8)
            .Task(default, default)
            .Node(1, Id.Of(seed, 0, 2), "Voicebot Call"u8, "call"u8)
            .Task(Id.Of(seed, 0, 4), call)
            .Node(2, Id.Of(seed, 0, 3), "Voicebot Call"u8, "call"u8)
            .Task(Id.Of(seed, 0, 5), call)
            .Close();
}

using Orleans.Workflow.Benchmarks.Load;

namespace Orleans.Workflow.Benchmarks.Workloads;

/// <summary>
/// Campaigns in all sorts of states, each from one notification: what a database holds after some years.
/// </summary>
internal sealed class StoredLife : ILife
{
    public int Steps => 1;

    public void Write(RequestBuffer body, ulong seed, int campaign, int step)
    {
        // Of twenty: fourteen finished, one failed, one cancelled, one ended too soon, two running, one not started.
        var kind = campaign % 20;
        var status = kind switch
        {
            < 14 or 16 => "finished"u8,
            14 => "failed"u8,
            15 => "cancelled"u8,
            17 or 18 => "running"u8,
            _ => "not started"u8,
        };
        var call = kind switch
        {
            < 16 => "finished"u8,
            < 19 => "running"u8,
            _ => "not started"u8,
        };
        var number = (ulong)campaign;
        var name = (campaign / 20 % 4) switch
        {
            0 => "spring sale"u8,
            1 => "payment reminder"u8,
            2 => "survey"u8,
            _ => "Winter sale"u8,
        };
        BodyWriter
            .Open(body, Id.Of(seed, number), name, campaign, status)
            .Node(0, Id.Of(seed, number, 1), "SMS"u8, "sms"u8)
            .Task(default, default)
            .Node(1, Id.Of(seed, number, 2), "Voicebot Call"u8, "call"u8)
            .Task(Id.Of(seed, number, 4), call)
            .Node(2, Id.Of(seed, number, 3), "Voicebot Call"u8, "call"u8)
            .Task(default, default)
            .Close();
    }
}

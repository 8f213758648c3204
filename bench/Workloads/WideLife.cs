using Orleans.Workflow.Benchmarks.Load;

namespace Orleans.Workflow.Benchmarks.Workloads;

/// <summary>
/// A campaign of many nodes. After the first notification, each next one lists all nodes and changes one of them.
/// </summary>
internal sealed class WideLife(int nodes) : ILife
{
    public int Steps => 1 + (2 * nodes);

    public void Write(RequestBuffer body, ulong seed, int campaign, int step)
    {
        var number = (ulong)campaign;
        BodyWriter.Open(body, Id.Of(seed, number), "0522 all branches"u8, campaign, "running"u8);
        for (var node = 0; node < nodes; node++)
        {
            var moves =
                step > node + nodes ? 2
                : step > node ? 1
                : 0;
            var status = moves switch
            {
                0 => "not started"u8,
                1 => "running"u8,
                _ => "finished"u8,
            };
            body.Node(node, Id.Of(seed, number, (ulong)(2 * node) + 1), "Voicebot Call"u8, "call"u8)
                .Task(Id.Of(seed, number, (ulong)(2 * node) + 2), status);
        }

        body.Close();
    }
}

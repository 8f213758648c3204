using Orleans.Workflow.Benchmarks.Load;

namespace Orleans.Workflow.Benchmarks.Workloads;

/// <summary>
/// One read of each node task of the three-node campaigns of a range, so that each of them is active.
/// </summary>
internal sealed class NodeSource(ulong seed, int first, int count) : IRequestSource
{
    private const int Nodes = 3;

    private int _sent;

    public bool TryNext(int connection, RequestBuffer into)
    {
        if (_sent == count * Nodes)
            return false;

        var campaign = (ulong)(first + (_sent / Nodes));
        into.Get(Id.Of(seed, campaign), Id.Of(seed, campaign, (ulong)(1 + (_sent % Nodes))));
        _sent++;
        return true;
    }

    public void Acknowledged(int connection) { }
}

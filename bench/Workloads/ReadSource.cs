using Orleans.Workflow.Benchmarks.Load;

namespace Orleans.Workflow.Benchmarks.Workloads;

/// <summary>Reads of stored workflows, in an order that has no pattern.</summary>
internal sealed class ReadSource(ulong seed, int campaigns) : IRequestSource
{
    private ulong _random = seed | 1;

    public bool TryNext(int connection, RequestBuffer into)
    {
        // xorshift64
        _random ^= _random << 13;
        _random ^= _random >> 7;
        _random ^= _random << 17;
        into.Get(Id.Of(seed, _random % (ulong)campaigns));
        return true;
    }

    public void Acknowledged(int connection) { }
}

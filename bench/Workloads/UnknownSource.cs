using Orleans.Workflow.Benchmarks.Load;

namespace Orleans.Workflow.Benchmarks.Workloads;

/// <summary>Reads of workflows that do not exist, each of another one.</summary>
internal sealed class UnknownSource(ulong seed, int count) : IRequestSource
{
    private int _sent;

    public bool TryNext(int connection, RequestBuffer into)
    {
        if (_sent == count)
            return false;

        into.Get(Id.Of(seed, (ulong)_sent++));
        return true;
    }

    public void Acknowledged(int connection) { }
}

using Orleans.Workflow.Benchmarks.Load;

namespace Orleans.Workflow.Benchmarks.Workloads;

/// <summary>What one source has, then what another has; for sources that need not know what was acknowledged.</summary>
internal sealed class SequenceSource(IRequestSource first, IRequestSource second) : IRequestSource
{
    public bool TryNext(int connection, RequestBuffer into) =>
        first.TryNext(connection, into) || second.TryNext(connection, into);

    public void Acknowledged(int connection) { }
}

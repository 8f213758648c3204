using Orleans.Workflow.Benchmarks.Load;

namespace Orleans.Workflow.Benchmarks.Workloads;

/// <summary>The same notification of each of some campaigns, over and over.</summary>
internal sealed class RepeatSource(ILife life, ulong seed, int step, int campaigns) : IRequestSource
{
    private int _next;

    public bool TryNext(int connection, RequestBuffer into)
    {
        life.Write(into, seed, _next, step);
        into.FinishPost();
        _next = (_next + 1) % campaigns;
        return true;
    }

    public void Acknowledged(int connection) { }
}

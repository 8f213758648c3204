using Orleans.Workflow.Benchmarks.Load;

namespace Orleans.Workflow.Benchmarks.Workloads;

/// <summary>The same notification of each campaign of a range, once.</summary>
internal sealed class OnceSource(ILife life, ulong seed, int step, int first, int count) : IRequestSource
{
    private int _sent;

    public bool TryNext(int connection, RequestBuffer into)
    {
        if (_sent == count)
            return false;

        life.Write(into, seed, first + _sent++, step);
        into.FinishPost();
        return true;
    }

    public void Acknowledged(int connection)
    {
    }

    /// <summary>What is told of some campaigns.</summary>
    public IEnumerable<History> Histories(int sample) =>
        Sampling.Spread(count, sample).Select(i => History.Of(life, seed, first + i, [step]));
}

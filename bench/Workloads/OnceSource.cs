using Orleans.Workflow.Benchmarks.Load;

namespace Orleans.Workflow.Benchmarks.Workloads;

/// <summary>One notification of each campaign of a range.</summary>
internal sealed class OnceSource(ILife life, ulong seed, Func<int, int> step, int first, int count) : IRequestSource
{
    private int _sent;

    /// <summary>The same step of each campaign.</summary>
    public OnceSource(ILife life, ulong seed, int step, int first, int count)
        : this(life, seed, _ => step, first, count) { }

    public bool TryNext(int connection, RequestBuffer into)
    {
        if (_sent == count)
            return false;

        var campaign = first + _sent++;
        life.Write(into, seed, campaign, step(campaign));
        into.FinishPost();
        return true;
    }

    public void Acknowledged(int connection) { }

    /// <summary>The notifications of some campaigns.</summary>
    public IEnumerable<History> Histories(int sample) =>
        Sampling
            .Spread(count, sample)
            .Select(i => first + i)
            .Select(campaign => History.Of(life, seed, campaign, [step(campaign)]));
}

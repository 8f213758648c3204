using Orleans.Workflow.Benchmarks.Load;

namespace Orleans.Workflow.Benchmarks.Workloads;

/// <summary>
/// Campaigns of which only one notification ever comes: the fifth of a <see cref="ThreeNodeLife"/>, with a call under
/// way.
/// </summary>
internal sealed class ColdLife : ILife
{
    private readonly ThreeNodeLife _life = new();

    public int Steps => 1;

    public void Write(RequestBuffer body, ulong seed, int campaign, int step) => _life.Write(body, seed, campaign, 4);
}

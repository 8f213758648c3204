using Orleans.Workflow.Benchmarks.Load;

namespace Orleans.Workflow.Benchmarks.Workloads;

/// <summary>The notifications of a campaign, from its first to its last. Each changes something.</summary>
internal interface ILife
{
    /// <summary>How many there are.</summary>
    int Steps { get; }

    /// <summary>Writes the body of one.</summary>
    void Write(RequestBuffer body, ulong seed, int campaign, int step);
}

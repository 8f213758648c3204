using Orleans.Workflow.Benchmarks.Load;

namespace Orleans.Workflow.Benchmarks.Workloads;

/// <summary>The requests of one run, on workflows that no other run has.</summary>
internal sealed class Workload
{
    /// <summary>What must be stored before the run.</summary>
    public IRequestSource? Preparation { get; init; }

    /// <summary>What the run sends.</summary>
    public required IRequestSource Source { get; init; }

    /// <summary>What is sent once after the run.</summary>
    public IRequestSource? Ending { get; init; }

    /// <summary>Gives, after the run, what was acknowledged of a sample of workflows of the given size.</summary>
    public required Func<int, IEnumerable<History>> Acknowledged { get; init; }
}

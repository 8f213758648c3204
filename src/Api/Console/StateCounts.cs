using System.Collections.Immutable;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Console;

/// <summary>How many workflows stand at what.</summary>
/// <param name="all">Counts that add up to all workflows.</param>
/// <param name="silent">How many are silent.</param>
public sealed class StateCounts(ImmutableArray<StateCount> all, long silent)
{
    /// <summary>How long nothing is received about a workflow that is called silent.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromHours(1);

    /// <summary>Those that have not ended and have been silent for as long.</summary>
    public long Silent => silent;

    /// <summary>All workflows.</summary>
    public long Total => all.Sum(static count => count.Count);

    /// <summary>Those that need a person for any reason.</summary>
    public long Odd => all.Where(static count => !count.Attention.IsEmpty).Sum(static count => count.Count);

    /// <summary>Those at a phase, and an outcome of it.</summary>
    public long Of(WorkflowPhase? phase, WorkflowOutcome? outcome = null) =>
        all.Where(count => count.Phase == phase && (outcome is null || count.Outcome == outcome))
            .Sum(static count => count.Count);

    /// <summary>Those that need a person for a reason.</summary>
    public long Of(AttentionReason reason) =>
        all.Where(count => count.Attention.Contains(reason)).Sum(static count => count.Count);
}

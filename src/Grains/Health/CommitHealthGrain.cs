using Orleans.Concurrency;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Grains.Health;

/// <summary>Speaks for the silo that it is in: a stateless worker is activated where it is called.</summary>
[GrainType("commit-health")]
[StatelessWorker(1)]
internal sealed class CommitHealthGrain(IWriteAdmission admission) : Grain, ICommitHealthGrain
{
    /// <inheritdoc/>
    public Task<string?> WhyFailing() => Task.FromResult(admission.WhyFailing);
}

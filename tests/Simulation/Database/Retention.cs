using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Simulation.Tests.Runtime;

namespace Orleans.Workflow.Simulation.Tests.Database;

/// <summary>What the product's retention reads and writes. A while passes between the two.</summary>
internal sealed class Retention(Cluster cluster, StateTables tables) : IRetentionStore, IWorkflowSnapshots
{
    private const int MaxFold = 10_000;

    /// <inheritdoc/>
    public Task<IWorkflowSnapshot> Open(CancellationToken cancellationToken) =>
        Task.FromResult<IWorkflowSnapshot>(new StoredMoment(tables.Copy()));

    /// <inheritdoc/>
    public async Task<int?> Replace(BaselineRow baseline, CancellationToken cancellationToken)
    {
        await cluster.Time.Pause(cluster.Faults.Random.Between(0, MaxFold));
        return tables.Remove(baseline);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<(Guid Id, string WorkflowId)>> ListReceipts(
        Guid after,
        Guid before,
        int limit,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException();

    /// <inheritdoc/>
    public Task<IReadOnlyList<(string WorkflowId, long Seq, long Held)>> ListHeld(
        string after,
        int limit,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException();

    /// <inheritdoc/>
    public Task<IReadOnlyList<(long ChangedAt, string WorkflowId, long Held)>> ListEnded(
        (long ChangedAt, string WorkflowId) after,
        long before,
        int limit,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException();

    /// <inheritdoc/>
    public Task<int> RemoveRejected(Guid before, int limit, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    /// <inheritdoc/>
    public Task<int> RemoveFacts(Guid before, int limit, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    /// <inheritdoc/>
    public Task<int> RemoveFactsOf(string workflowId, int limit, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    /// <inheritdoc/>
    public Task<(int LookedAt, int Removed)> RemoveFactBodies(
        Guid before,
        int limit,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException();
}

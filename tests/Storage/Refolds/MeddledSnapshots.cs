using Microsoft.Extensions.DependencyInjection;
using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Storage.Tests.Refolds;

/// <summary>The product's own snapshots; something happens as soon as the next one was read.</summary>
internal sealed class MeddledSnapshots(IWorkflowSnapshots inner) : IWorkflowSnapshots
{
    private Func<Task>? _afterNext;

    /// <summary>Says what happens when the next snapshot was read.</summary>
    public void AfterNext(Func<Task> happens) => _afterNext = happens;

    /// <inheritdoc/>
    public async Task<IWorkflowSnapshot> Open(CancellationToken cancellationToken)
    {
        var happens = Interlocked.Exchange(ref _afterNext, null);
        var snapshot = await inner.Open(cancellationToken);
        return happens is null ? snapshot : new Meddled(snapshot, happens);
    }

    /// <summary>Takes the place of the product's.</summary>
    public static void Decorate(IServiceCollection services)
    {
        var registered = services.Single(static service => service.ServiceType == typeof(IWorkflowSnapshots));
        services.Remove(registered);
        services.AddSingleton<IWorkflowSnapshots>(provider => new MeddledSnapshots(
            (IWorkflowSnapshots)registered.ImplementationFactory!(provider)
        ));
    }

    private sealed class Meddled(IWorkflowSnapshot inner, Func<Task> happens) : IWorkflowSnapshot
    {
        public Task<BaselineRow?> FindBaseline(string workflowId, CancellationToken cancellationToken) =>
            inner.FindBaseline(workflowId, cancellationToken);

        public Task<RefoldMark?> FindLastRefold(string workflowId, long upTo, CancellationToken cancellationToken) =>
            inner.FindLastRefold(workflowId, upTo, cancellationToken);

        public Task<long?> FindLast(string workflowId, long upTo, CancellationToken cancellationToken) =>
            inner.FindLast(workflowId, upTo, cancellationToken);

        public IAsyncEnumerable<ReceiptRow> Read(
            string workflowId,
            long afterSeq,
            CancellationToken cancellationToken
        ) => inner.Read(workflowId, afterSeq, cancellationToken);

        public Task<IReadOnlyList<string>> ListIds(string after, int limit, CancellationToken cancellationToken) =>
            inner.ListIds(after, limit, cancellationToken);

        public Task<StoredRow?> FindStored(string workflowId, CancellationToken cancellationToken) =>
            inner.FindStored(workflowId, cancellationToken);

        public Task<byte[]?> FindState(GrainStateName name, CancellationToken cancellationToken) =>
            inner.FindState(name, cancellationToken);

        public Task<IReadOnlyDictionary<string, object?>?> FindRow(
            string workflowId,
            CancellationToken cancellationToken
        ) => inner.FindRow(workflowId, cancellationToken);

        public IReadOnlyDictionary<string, object?> ExpectedRow(WorkflowRow row) => inner.ExpectedRow(row);

        public Task<IReadOnlyList<Miscount>> FindMiscounts(string workflowId, CancellationToken cancellationToken) =>
            inner.FindMiscounts(workflowId, cancellationToken);

        public IAsyncEnumerable<string> ListOrphans(CancellationToken cancellationToken) =>
            inner.ListOrphans(cancellationToken);

        public async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync();

            // Not in the turn of the grain that has read.
            await Task.Run(happens);
        }
    }
}

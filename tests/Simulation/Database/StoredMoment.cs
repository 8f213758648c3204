using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Simulation.Tests.Database;

/// <summary>What was stored at one moment. Nothing is folded again here.</summary>
internal sealed class StoredMoment(StoredContent content) : IWorkflowSnapshot
{
    /// <inheritdoc/>
    public Task<StoredRow?> FindStored(string workflowId, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    /// <inheritdoc/>
    public Task<byte[]?> FindState(GrainStateName name, CancellationToken cancellationToken) =>
        Task.FromResult(content.Snapshots.TryGetValue(name, out var state) ? state.ToArray() : null);

    /// <inheritdoc/>
    public Task<BaselineRow?> FindBaseline(string workflowId, CancellationToken cancellationToken) =>
        Task.FromResult(content.Baselines.GetValueOrDefault(workflowId));

    /// <inheritdoc/>
    public Task<RefoldMark?> FindLastRefold(string workflowId, long upTo, CancellationToken cancellationToken) =>
        Task.FromResult<RefoldMark?>(null);

    /// <inheritdoc/>
    public Task<long?> FindLast(string workflowId, long upTo, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    /// <inheritdoc/>
    public IAsyncEnumerable<ReceiptRow> Read(string workflowId, long afterSeq, CancellationToken cancellationToken) =>
        content.Received.GetValueOrDefault(workflowId, []).Where(receipt => receipt.Seq > afterSeq).ToAsyncEnumerable();

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListIds(string after, int limit, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, object?>?> FindRow(
        string workflowId,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException();

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, object?> ExpectedRow(WorkflowRow row) => throw new NotSupportedException();

    /// <inheritdoc/>
    public Task<IReadOnlyList<Miscount>> FindMiscounts(string workflowId, CancellationToken cancellationToken) =>
        throw new NotSupportedException("No schedule has facts.");

    public IAsyncEnumerable<string> ListOrphans(CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

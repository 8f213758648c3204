using Orleans.Workflow.Grains.Interfaces.Persistence;

namespace Orleans.Workflow.Simulation.Tests.Database;

/// <summary>What was stored at one moment. No receipt is ever removed here, and nothing folded again.</summary>
internal sealed class StoredMoment(
    IReadOnlyDictionary<GrainStateName, ReadOnlyMemory<byte>> states, IReadOnlyDictionary<string, ReceiptRow[]> receipts) : IWorkflowSnapshot
{
    /// <inheritdoc/>
    public Task<StoredRow?> FindStored(string workflowId, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    /// <inheritdoc/>
    public Task<byte[]?> FindState(GrainStateName name, CancellationToken cancellationToken) =>
        Task.FromResult(states.TryGetValue(name, out var state) ? state.ToArray() : null);

    /// <inheritdoc/>
    public Task<BaselineRow?> FindBaseline(string workflowId, CancellationToken cancellationToken) => Task.FromResult<BaselineRow?>(null);

    /// <inheritdoc/>
    public Task<RefoldMark?> FindLastRefold(string workflowId, long upTo, CancellationToken cancellationToken) => Task.FromResult<RefoldMark?>(null);

    /// <inheritdoc/>
    public Task<long?> FindLast(string workflowId, long upTo, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <inheritdoc/>
    public IAsyncEnumerable<ReceiptRow> Read(string workflowId, long afterSeq, CancellationToken cancellationToken) =>
        receipts.GetValueOrDefault(workflowId, []).Where(receipt => receipt.Seq > afterSeq).ToAsyncEnumerable();

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListIds(string after, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, object?>?> FindRow(string workflowId, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, object?> ExpectedRow(WorkflowRow row) => throw new NotSupportedException();

    /// <inheritdoc/>
    public IAsyncEnumerable<string> ListOrphans(CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

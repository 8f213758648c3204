using Orleans.Workflow.Storage.Changes;

namespace Orleans.Workflow.Api.Feed;

/// <summary>Gives readers their events: from what was read for all of them, and what is not there any more from the log.</summary>
/// <param name="log">The log.</param>
internal sealed class FeedSource(IChangeLog log) : IDisposable
{
    private const int Page = 200;

    /// <summary>Those who catch up take turns, so that many of them are no more load than a few.</summary>
    private readonly SemaphoreSlim _turns = new(4);

    /// <summary>The next events after a position; null if some were removed.</summary>
    /// <param name="tail">What was read for all who want as much of the changes.</param>
    /// <param name="workflowId">Of which workflow at least; null for all.</param>
    /// <param name="after">The position.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<FeedBatch?> Read(FeedTail tail, string? workflowId, long after, CancellationToken cancellationToken)
    {
        if (tail.Buffer.Read(after, Page) is { } batch)
            return batch;

        await _turns.WaitAsync(cancellationToken);
        try
        {
            // What is beyond the buffer's end may still change its order.
            var query = new ChangeQuery(after, Page, tail.Detail) { UpTo = tail.Buffer.End, WorkflowId = workflowId };
            var page = await log.Read(query, cancellationToken);
            return page.Horizon > after ? null : new FeedBatch(FeedEvent.AllOf(page.Items, tail.Detail), page.End);
        }
        finally
        {
            _turns.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turns.Dispose();
}

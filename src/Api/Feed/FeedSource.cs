using Orleans.Workflow.Storage.Feed;

namespace Orleans.Workflow.Api.Feed;

/// <summary>
/// Gives readers their events: from what was read for all of them, and what is not there any more from the log.
/// </summary>
/// <param name="log">The log.</param>
internal sealed class FeedSource(IChangeLog log) : IDisposable
{
    private const int Page = 200;

    /// <summary>Readers that catch up take turns, so that many of them are no more load than a few.</summary>
    private readonly SemaphoreSlim _turns = new(4);

    /// <summary>
    /// The next events after a position; none if there are none yet. Null if the log is not the history any more that
    /// the position belongs to.
    /// </summary>
    /// <param name="tail">What was read for all readers that want as much of the changes.</param>
    /// <param name="scan">Of which workflow at least; null for all.</param>
    /// <param name="after">The position.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async ValueTask<FeedBatch?> Read(
        FeedTail tail,
        WorkflowScan? scan,
        ChangePosition after,
        CancellationToken cancellationToken
    )
    {
        if (tail.Buffer.Read(after, Page) is { } batch)
            return batch;

        // The connection and the turn are free again before anything is sent: a slow reader holds neither.
        await _turns.WaitAsync(cancellationToken);
        try
        {
            // What is beyond the buffer's end may still change its order.
            var end = tail.Buffer.End;
            var query = new ChangeQuery(after.Number, Page, tail.Detail) { UpTo = end.Number };
            if (scan is not null)
            {
                scan.Seq ??= await log.FindSeq(scan.WorkflowId, after.Number, cancellationToken);
                query = query with { WorkflowId = scan.WorkflowId, AfterSeq = scan.Seq.Value };
            }

            var page = await log.Read(query, cancellationToken);
            if (page.History.Judge(after) != PositionStatus.Valid)
                return null;

            if (scan is not null)
                scan.Seq = page.Seq;

            var events = FeedEvent.AllOf(page.Items, page.History.Epoch, tail.Detail);
            var last = events is [.., var latest] ? latest.Position : after;
            return new FeedBatch(events, page.End == end.Number ? end : last);
        }
        finally
        {
            _turns.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turns.Dispose();
}

/// <summary>How far a reader of one workflow has looked through its receipts.</summary>
/// <param name="workflowId">The workflow.</param>
internal sealed class WorkflowScan(string workflowId)
{
    /// <summary>The workflow.</summary>
    public string WorkflowId => workflowId;

    /// <summary>No receipt up to this one has a change that was not read; null before the first look.</summary>
    public long? Seq { get; set; }
}

using Orleans.Workflow.Storage.Feed;

namespace Orleans.Workflow.Api.Feed;

/// <summary>
/// Gives readers their events: from what was read for all of them, and what is not there any more from the log.
/// </summary>
internal sealed class FeedSource : IDisposable
{
    private const int Page = 200;

    /// <summary>Readers that catch up take turns, so that many of them are no more load than a few.</summary>
    private readonly SemaphoreSlim _turns = new(4);

    /// <summary>
    /// The next events after a position; none if there are none yet. Null if the log is not the history any more that
    /// the position belongs to.
    /// </summary>
    /// <param name="cursor">The log and the position.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async ValueTask<FeedBatch?> Read(FeedCursor cursor, CancellationToken cancellationToken)
    {
        var (tail, after) = (cursor.Tail, cursor.After);
        if (tail.Buffer.Read(after, Page) is { } batch)
            return batch;

        // The connection and the turn are free again before anything is sent: a slow reader holds neither.
        await _turns.WaitAsync(cancellationToken);
        try
        {
            // What is beyond the buffer's end may still change its order.
            var end = tail.Buffer.End;
            var query = new LogQuery(after.Number, Page, tail.FeedLog.Detail) { UpTo = end.Number };
            if (cursor.WorkflowId is { } workflowId)
            {
                cursor.Seq ??= await tail.FeedLog.FindSeq(workflowId, after.Number, cancellationToken);
                query = query with { WorkflowId = workflowId, AfterSeq = cursor.Seq.Value };
            }

            var page = await tail.FeedLog.ReadPage(query, cancellationToken);
            if (page.History.Judge(after) != PositionStatus.Valid)
                return null;

            if (cursor.WorkflowId is not null)
                cursor.Seq = page.Seq;

            return new FeedBatch(page.Events, page.End == end.Number ? end : page.Last ?? after);
        }
        finally
        {
            _turns.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turns.Dispose();
}

/// <summary>How far a reader has come in one log.</summary>
/// <param name="tail">What is read of the log for all readers that want as much of it.</param>
/// <param name="workflowId">Of which workflow at least; null for all.</param>
internal sealed class FeedCursor(FeedTail tail, string? workflowId)
{
    /// <summary>What is read of the log for all readers that want as much of it.</summary>
    public FeedTail Tail => tail;

    /// <summary>Of which workflow at least; null for all.</summary>
    public string? WorkflowId => workflowId;

    /// <summary>Everything up to here was dealt with.</summary>
    public LogPosition After { get; set; } = new(null, 0, null);

    /// <summary>
    /// Of a workflow: no receipt up to this one has a change that was not read; null before the first look.
    /// </summary>
    public long? Seq { get; set; }

    /// <summary>Completes when something is known beyond the position.</summary>
    public Task WhenMore() => tail.Buffer.WhenBeyond(After);
}

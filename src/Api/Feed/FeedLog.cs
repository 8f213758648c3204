using System.Collections.Immutable;
using Orleans.Workflow.Storage.Feed;

namespace Orleans.Workflow.Api.Feed;

/// <summary>A page of a log as events.</summary>
/// <param name="History">The history, as of the moment of reading.</param>
/// <param name="Events">The events; entries that are not shown have none.</param>
/// <param name="Last">The place of the last entry; null if there is none.</param>
/// <param name="End">All that there is up to here was read.</param>
/// <param name="Seq">See <see cref="LogPage{T}"/>.</param>
internal sealed record FeedPage(
    LogHistory History,
    IReadOnlyList<FeedEvent> Events,
    LogPosition? Last,
    long End,
    long Seq
);

/// <summary>One of the logs of the feed, whose entries are read as events.</summary>
internal interface IFeedLog
{
    /// <summary>How much of the entries is read.</summary>
    LogDetail Detail { get; }

    /// <summary>Follows the log as if it had never been read.</summary>
    void Restart();

    /// <summary>See <see cref="LogFollower{T}.FindEnd"/>.</summary>
    Task<LogPosition?> FindEnd(CancellationToken cancellationToken);

    /// <summary>See <see cref="LogFollower{T}.Read"/>.</summary>
    Task<Settled<FeedEvent>?> ReadNext(LogPosition after, int limit, CancellationToken cancellationToken);

    /// <summary>See <see cref="IPositionLog{T}.Read"/>.</summary>
    Task<FeedPage> ReadPage(LogQuery query, CancellationToken cancellationToken);

    /// <summary>See <see cref="IPositionLog{T}.FindSeq"/>.</summary>
    Task<long> FindSeq(string workflowId, long position, CancellationToken cancellationToken);
}

/// <summary>A log of the feed.</summary>
/// <param name="log">The log.</param>
/// <param name="detail">How much of the entries is read.</param>
/// <param name="write">Writes the events of entries of a history.</param>
internal sealed class FeedLog<T>(
    IPositionLog<T> log,
    LogDetail detail,
    Func<ImmutableArray<T>, string, LogDetail, ImmutableArray<FeedEvent>> write
) : IFeedLog
    where T : ILogEntry
{
    private LogFollower<T> _follower = new(log, detail);

    /// <inheritdoc/>
    public LogDetail Detail => detail;

    /// <inheritdoc/>
    public void Restart() => _follower = new LogFollower<T>(log, detail);

    /// <inheritdoc/>
    public Task<LogPosition?> FindEnd(CancellationToken cancellationToken) => _follower.FindEnd(cancellationToken);

    /// <inheritdoc/>
    public async Task<Settled<FeedEvent>?> ReadNext(LogPosition after, int limit, CancellationToken cancellationToken)
    {
        var read = await _follower.Read(after, limit, cancellationToken);
        return read is null
            ? null
            : new Settled<FeedEvent>(
                read.Items.IsEmpty ? [] : write(read.Items, read.End.Epoch!, detail),
                read.End,
                read.IsBlockedByGap,
                read.HasMore,
                read.Revision
            );
    }

    /// <inheritdoc/>
    public async Task<FeedPage> ReadPage(LogQuery query, CancellationToken cancellationToken)
    {
        var page = await log.Read(query, cancellationToken);
        var epoch = page.History.Epoch;
        var last = page.Items is [.., var latest] ? LogPosition.Of(epoch, latest.Position, latest.ReceiptId) : null;
        return new FeedPage(page.History, write(page.Items, epoch, detail), last, page.End, page.Seq);
    }

    /// <inheritdoc/>
    public Task<long> FindSeq(string workflowId, long position, CancellationToken cancellationToken) =>
        log.FindSeq(workflowId, position, cancellationToken);
}

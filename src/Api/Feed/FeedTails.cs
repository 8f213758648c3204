using Orleans.Workflow.Storage.Feed;

namespace Orleans.Workflow.Api.Feed;

/// <summary>
/// Follows the log of changes: once for each amount of detail that a reader wants, so that a reader that wants little
/// costs little.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where failures are logged.</param>
internal sealed class FeedTails(IChangeLog log, TimeProvider time, ILogger<FeedTail> logger) : BackgroundService
{
    private readonly FeedTail[] _tails =
    [
        .. Enum.GetValues<ChangeDetail>().Select(detail => new FeedTail(log, detail, time, logger)),
    ];

    /// <summary>
    /// What is read for readers that want so much. A reader of signs takes what is read anyway; an event must not
    /// depend on the other readers.
    /// </summary>
    public FeedTail Of(ChangeDetail detail) =>
        (detail == ChangeDetail.Place ? Array.Find(_tails, static tail => tail.HasReaders) : null)
        ?? _tails[(int)detail];

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        foreach (var tail in _tails)
            tail.Dispose();
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(_tails.Select(tail => tail.Run(stoppingToken)));
}

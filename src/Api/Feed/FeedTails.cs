using Orleans.Workflow.Storage.Changes;

namespace Orleans.Workflow.Api.Feed;

/// <summary>Follows the log of changes: once for each amount of detail that somebody wants, so that who wants little costs little.</summary>
/// <param name="log">The log.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where failures are told.</param>
internal sealed class FeedTails(IChangeLog log, TimeProvider time, ILogger<FeedTail> logger) : BackgroundService
{
    private readonly FeedTail[] _tails = [.. Enum.GetValues<ChangeDetail>().Select(detail => new FeedTail(log, detail, time, logger))];

    /// <summary>
    /// What is read for those who want so much. Who gets but signs takes whatever is read anyway; an event must not depend on who else reads.
    /// </summary>
    public FeedTail Of(ChangeDetail detail) =>
        (detail == ChangeDetail.Place ? Array.Find(_tails, static tail => tail.HasReaders) : null) ?? _tails[(int)detail];

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        foreach (var tail in _tails)
            tail.Dispose();
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(_tails.Select(tail => tail.Run(stoppingToken)));
}

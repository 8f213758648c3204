using Orleans.Workflow.Storage.Changes;

namespace Orleans.Workflow.Api.Feed;

/// <summary>Follows the log of changes: once for each amount of detail that somebody wants, so that who wants little costs little.</summary>
/// <param name="log">The log.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where failures are told.</param>
internal sealed class FeedTails(IChangeLog log, TimeProvider time, ILogger<FeedTail> logger) : BackgroundService
{
    private readonly FeedTail[] _tails = [.. Enum.GetValues<ChangeDetail>().Select(detail => new FeedTail(log, detail, time, logger))];

    /// <summary>What is read for those who want so much: what is read anyway, if that has it.</summary>
    public FeedTail Of(ChangeDetail detail) => _tails.Skip((int)detail).FirstOrDefault(static tail => tail.HasReaders) ?? _tails[(int)detail];

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(_tails.Select(tail => tail.Run(stoppingToken)));
}

using System.Collections.Immutable;
using Orleans.Workflow.Storage.Feed;

namespace Orleans.Workflow.Api.Feed;

/// <summary>
/// Follows the logs of the feed: each once for each amount of detail that a reader wants, so that a reader that wants
/// little costs little, and only while it has readers.
/// </summary>
/// <param name="changes">The log of changes.</param>
/// <param name="facts">The log of facts.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where failures are logged.</param>
internal sealed class FeedTails(
    IPositionLog<Change> changes,
    IPositionLog<LoggedFact> facts,
    TimeProvider time,
    ILogger<FeedTail> logger
) : BackgroundService
{
    private readonly ImmutableArray<FeedTail> _ofChanges = Tails(changes, FeedEvent.OfChanges, time, logger);
    private readonly ImmutableArray<FeedTail> _ofFacts = Tails(facts, FeedEvent.OfFacts, time, logger);

    /// <summary>What is read of changes for readers that want so much.</summary>
    public FeedTail OfChanges(LogDetail detail) => Find(_ofChanges, detail);

    /// <summary>What is read of facts for readers that want so much.</summary>
    public FeedTail OfFacts(LogDetail detail) => Find(_ofFacts, detail);

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        foreach (var tail in _ofChanges.AddRange(_ofFacts))
            tail.Dispose();
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(_ofChanges.AddRange(_ofFacts).Select(tail => tail.Run(stoppingToken)));

    // A reader of hints takes what is read anyway; an event must not depend on the other readers.
    private static FeedTail Find(ImmutableArray<FeedTail> tails, LogDetail detail) =>
        (detail == LogDetail.Hint ? tails.FirstOrDefault(static tail => tail.HasReaders) : null) ?? tails[(int)detail];

    private static ImmutableArray<FeedTail> Tails<T>(
        IPositionLog<T> log,
        Func<ImmutableArray<T>, string, LogDetail, ImmutableArray<FeedEvent>> write,
        TimeProvider time,
        ILogger logger
    )
        where T : ILogEntry =>
        [
            .. Enum.GetValues<LogDetail>()
                .Select(detail => new FeedTail(new FeedLog<T>(log, detail, write), time, logger)),
        ];
}

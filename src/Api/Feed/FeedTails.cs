using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Orleans.Workflow.Grains.Telemetry;
using Orleans.Workflow.Storage.Feed;

namespace Orleans.Workflow.Api.Feed;

/// <summary>
/// Follows the logs of the feed: each once for each amount of detail that a reader wants, so that a reader that wants
/// little costs little, and only while it has readers.
/// </summary>
internal sealed class FeedTails : BackgroundService
{
    private const string LogTag = "workflow.log";

    private readonly ImmutableArray<FeedTail> _ofChanges;
    private readonly ImmutableArray<FeedTail> _ofFacts;

    public FeedTails(
        IPositionLog<Change> changes,
        IPositionLog<LoggedFact> facts,
        IMeterFactory meters,
        TimeProvider time,
        ILogger<FeedTail> logger
    )
    {
        _ofChanges = Tails(changes, FeedEvent.OfChanges, time, logger);
        _ofFacts = Tails(facts, FeedEvent.OfFacts, time, logger);
        var meter = meters.Create(WorkflowTelemetry.Name);
        meter.CreateObservableGauge(
            "workflow.feed.readers",
            () => Measure(ReadersOf),
            "{reader}",
            "Streams of the feed that are open, by the log that they follow."
        );
        meter.CreateObservableGauge(
            "workflow.feed.lag",
            () => Measure(static tails => tails.Max(static tail => tail.Lag.TotalSeconds)),
            "s",
            "Since when readers of the feed may lack what is stored already."
        );
    }

    /// <summary>What is read of changes for readers that want so much.</summary>
    public FeedTail OfChanges(LogDetail detail) => Find(_ofChanges, detail);

    /// <summary>What is read of facts for readers that want so much.</summary>
    public FeedTail OfFacts(LogDetail detail) => Find(_ofFacts, detail);

    /// <summary>How many streams are open; one may follow both logs.</summary>
    public int Readers => Math.Max(ReadersOf(_ofChanges), ReadersOf(_ofFacts));

    /// <summary>For how long the streams may lack what is stored already.</summary>
    public TimeSpan Lag => _ofChanges.AddRange(_ofFacts).Max(static tail => tail.Lag);

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

    private IEnumerable<Measurement<T>> Measure<T>(Func<ImmutableArray<FeedTail>, T> measure)
        where T : struct
    {
        yield return new Measurement<T>(measure(_ofChanges), new KeyValuePair<string, object?>(LogTag, "changes"));
        yield return new Measurement<T>(measure(_ofFacts), new KeyValuePair<string, object?>(LogTag, "facts"));
    }

    private static int ReadersOf(ImmutableArray<FeedTail> tails) => tails.Sum(static tail => tail.Readers);

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

using System.Collections.Immutable;
using Orleans.Workflow.Hosting.Processes;

namespace Orleans.Workflow.Api.Console.Health;

/// <summary>How something is.</summary>
public enum HealthLevel
{
    /// <summary>It is a number without a judgement.</summary>
    Plain,

    /// <summary>It is well.</summary>
    Well,

    /// <summary>Nobody knows.</summary>
    Unknown,

    /// <summary>It works, and a person should look.</summary>
    Warning,

    /// <summary>It fails.</summary>
    Failing,
}

/// <summary>A figure of the strip.</summary>
/// <param name="Key">Names it.</param>
/// <param name="Name">What it is of.</param>
/// <param name="Value">What it is.</param>
/// <param name="Level">How that is.</param>
/// <param name="Scope">What it was taken from.</param>
/// <param name="Since">Since when it is so; null if that is not said.</param>
public sealed record HealthItem(
    string Key,
    string Name,
    string Value,
    HealthLevel Level,
    string Scope,
    DateTimeOffset? Since = null
);

/// <summary>How the service is, in one word and a few figures.</summary>
/// <param name="Level">The worst of all.</param>
/// <param name="Items">The figures.</param>
/// <param name="Versions">The versions that run, that of this process first.</param>
/// <param name="At">When that was.</param>
public sealed record HealthSummary(
    HealthLevel Level,
    ImmutableArray<HealthItem> Items,
    ImmutableArray<string> Versions,
    DateTimeOffset At
)
{
    private static readonly TimeSpan SlowAnswer = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LateFeed = TimeSpan.FromSeconds(5);
    private const double FullQueue = 0.8;

    // Of fewer the 99th percentile is the slowest one, such as the first after a start.
    private const int MinAnswers = 100;

    private static readonly ImmutableSortedDictionary<int, long> NoLatencies = ImmutableSortedDictionary<
        int,
        long
    >.Empty;

    /// <summary>The level in a word.</summary>
    public string Word =>
        Level switch
        {
            HealthLevel.Failing => "Failing",
            HealthLevel.Warning => "Degraded",
            HealthLevel.Unknown => "Unknown",
            _ => "Healthy",
        };

    /// <summary>Judges what a process knows of the service.</summary>
    public static HealthSummary Of(ServiceSnapshot service)
    {
        ArgumentNullException.ThrowIfNull(service);

        // Of what the others said too long ago nothing is added up.
        var reporting = service.Processes.Where(service.IsReporting).ToList();
        var scope =
            service.Processes.Length == 1 ? "of the only process"
            : reporting.Count == 1 ? "of this process alone"
            : $"of {reporting.Count} of {service.Processes.Length} processes";
        ImmutableArray<HealthItem> items =
        [
            Database(service, reporting),
            Silos(service),
            Acknowledgement(reporting, scope),
            ClientErrors(reporting, scope),
            ServerErrors(reporting, scope),
            Queue(reporting, scope),
            Feed(reporting, scope),
        ];
        return new HealthSummary(
            items.Max(static item => item.Level),
            items,
            [.. service.Processes.Where(service.IsReporting).Select(static process => process.Row.Version).Distinct()],
            service.At
        );
    }

    private static HealthItem Database(ServiceSnapshot service, List<KnownProcess> reporting)
    {
        const string Name = "Database";
        if (service.Failure is { } failure)
            return new HealthItem(
                "database",
                Name,
                "failing",
                HealthLevel.Failing,
                $"As this process sees it: {failure.Reason}",
                failure.Since
            );

        if (reporting.Find(static process => process.Figures.Commits?.FailingSince is not null) is { } other)
            return new HealthItem(
                "database",
                Name,
                $"failing for {other.Row.Name}",
                HealthLevel.Failing,
                $"{other.Row.Name} says: {other.Figures.Commits!.Reason}",
                other.Figures.Commits.FailingSince
            );

        return service.ReadAt is { } read && !service.IsBlind
            ? new HealthItem(
                "database",
                Name,
                "ok",
                HealthLevel.Well,
                $"This process wrote and read {Durations.Words(service.At - read)} ago"
            )
            : new HealthItem("database", Name, "not known yet", HealthLevel.Unknown, "Nothing has been read yet");
    }

    private static HealthItem Silos(ServiceSnapshot service)
    {
        var silos = service.Processes.Where(static process => process.IsSilo).ToList();
        var up = silos.Count(service.IsReporting);
        var known = $"{up} of {silos.Count}";
        if (service.IsBlind && (silos.Count > up || silos.Count == 0))
            return new HealthItem(
                "silos",
                "Silos",
                "not known",
                HealthLevel.Unknown,
                service.ReadAt is { } read
                    ? $"{silos.Count} were known {Durations.Words(service.At - read)} ago"
                    : "Nothing has been read yet"
            );

        return new HealthItem(
            "silos",
            "Silos",
            known,
            up == 0 ? HealthLevel.Failing
                : up < silos.Count ? HealthLevel.Warning
                : HealthLevel.Well,
            "Those that have reported within 30 s, of those that have within the hour and did not leave in order"
        );
    }

    private static HealthItem Acknowledgement(List<KnownProcess> reporting, string scope)
    {
        var latencies = reporting
            .SelectMany(static process => process.Figures.Answers?.Latencies ?? NoLatencies)
            .ToList();
        var title = $"Notifications that were answered 200 within 5 minutes, {scope}";
        return Latency.Percentile(latencies, 0.5) is not { } half || Latency.Percentile(latencies, 0.99) is not { } most
            ? new HealthItem("ack", "Ack", "none in 5 min", HealthLevel.Plain, title)
            : new HealthItem(
                "ack",
                "Ack",
                $"p50 {Durations.Latency(half)}, p99 {Durations.Latency(most)}",
                most > SlowAnswer && latencies.Sum(static bucket => bucket.Value) >= MinAnswers
                    ? HealthLevel.Warning
                    : HealthLevel.Well,
                title
            );
    }

    private static HealthItem ClientErrors(List<KnownProcess> reporting, string scope) =>
        new(
            "4xx",
            "4xx",
            ConsoleWords.Number(reporting.Sum(static process => process.Figures.Answers?.ClientErrors ?? 0)),
            HealthLevel.Plain,
            $"Notifications that were refused within 5 minutes, {scope}"
        );

    private static HealthItem ServerErrors(List<KnownProcess> reporting, string scope)
    {
        var count = reporting.Sum(static process => process.Figures.Answers?.ServerErrors ?? 0);
        return new HealthItem(
            "5xx",
            "5xx",
            ConsoleWords.Number(count),
            count > 0 ? HealthLevel.Warning : HealthLevel.Well,
            $"Notifications that could not be stored within 5 minutes, {scope}"
        );
    }

    private static HealthItem Queue(List<KnownProcess> reporting, string scope)
    {
        var fullest = reporting
            .Select(static process => process.Figures.Commits)
            .Where(static commits => commits is { MaxWaiting: > 0 })
            .MaxBy(static commits => (double)commits!.Waiting / commits.MaxWaiting);
        return fullest is null
            ? new HealthItem("queue", "Queue", "not known", HealthLevel.Unknown, $"No silo reports, {scope}")
            : new HealthItem(
                "queue",
                "Queue",
                $"{ConsoleWords.Number(fullest.Waiting)} of {ConsoleWords.Number(fullest.MaxWaiting)}",
                fullest.Waiting > fullest.MaxWaiting * FullQueue ? HealthLevel.Warning : HealthLevel.Well,
                $"Writes that wait in the fullest silo, of those that may, {scope}"
            );
    }

    private static HealthItem Feed(List<KnownProcess> reporting, string scope)
    {
        var feeds = reporting.Select(static process => process.Figures.Feed).OfType<FeedFigures>().ToList();
        var readers = feeds.Sum(static feed => feed.Readers);
        var lag = TimeSpan.FromSeconds(feeds.Max(static feed => (double?)feed.LagSeconds) ?? 0);
        return new HealthItem(
            "feed",
            "Feed",
            readers == 0 ? "no readers"
                : lag < TimeSpan.FromSeconds(1) ? "up to date"
                : $"{Durations.Words(lag)} behind",
            readers == 0 ? HealthLevel.Plain
                : lag >= LateFeed ? HealthLevel.Warning
                : HealthLevel.Well,
            $"{ConsoleWords.Number(readers)} open streams, {scope}"
        );
    }
}

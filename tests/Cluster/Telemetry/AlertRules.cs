using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Cluster.Tests.Telemetry;

/// <summary>The files under <c>deploy/prometheus</c>.</summary>
internal static partial class AlertRules
{
    /// <summary>What takes minutes in the rules takes seconds in a test.</summary>
    private static readonly ImmutableArray<(string Of, string InTest)> Shorter =
    [
        ("[5m]", "[10s]"),
        ("[10m]", "[15s]"),
        ("[15m]", "[15s]"),
        ("[1h]", "[10s]"),
        ("[1d]", "[60s]"),
        ("> 86400", "> 2"),
        ("> 900", "> 4"),
        ("scrape_interval: 15s", "scrape_interval: 1s"),
        ("evaluation_interval: 15s", "evaluation_interval: 1s"),
    ];

    /// <summary>Where the files are.</summary>
    public static string Folder { get; } = Path.Combine(WorkingCopy.Root, "deploy", "prometheus");

    /// <summary>The rules as they are.</summary>
    public static string Text { get; } = Read("alerts.yml");

    /// <summary>The names of the alerts.</summary>
    public static ImmutableArray<string> Names { get; } =
    [.. AlertLine().Matches(Text).Select(static match => match.Groups["name"].Value)];

    /// <summary>The names of the metrics in the rules, without those of node-exporter.</summary>
    public static ImmutableArray<string> Metrics { get; } =
    [
        .. MetricName()
            .Matches(string.Join('\n', Expressions()))
            .Select(static match => match.Value)
            .Distinct()
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The files with shorter times, for processes under test.</summary>
    /// <param name="apis">Where the Apis are.</param>
    /// <param name="silos">Where the silos are.</param>
    /// <param name="key">A key of the Apis that may read.</param>
    public static IReadOnlyDictionary<string, string> ForTest(
        IEnumerable<Uri> apis,
        IEnumerable<Uri> silos,
        string key
    ) =>
        new Dictionary<string, string>
        {
            ["alerts.yml"] = ForLine().Replace(Shorten(Text), "for: 1s"),
            ["prometheus.yml"] = Shorten(Read("prometheus.yml"))
                .Replace("\"api1:8080\", \"api2:8080\"", Targets(apis), StringComparison.Ordinal)
                .Replace("\"silo1:8080\", \"silo2:8080\"", Targets(silos), StringComparison.Ordinal),
            ["reader.key"] = key,
        };

    private static string Read(string file) => File.ReadAllText(Path.Combine(Folder, file));

    private static string Shorten(string text) =>
        Shorter.Aggregate(text, static (shorter, time) => shorter.Replace(time.Of, time.InTest));

    private static string Targets(IEnumerable<Uri> processes) =>
        string.Join(", ", processes.Select(static process => $"\"{process.Authority}\""));

    /// <summary>The lines between <c>expr:</c> and the next key.</summary>
    private static IEnumerable<string> Expressions() =>
        Expression().Matches(Text).Select(static match => match.Groups["expression"].Value);

    [GeneratedRegex(@"- alert: (?<name>\w+)")]
    private static partial Regex AlertLine();

    [GeneratedRegex(@"for: \d+m")]
    private static partial Regex ForLine();

    [GeneratedRegex(@"\n        expr:(?<expression>.*?)\n        (for|labels):", RegexOptions.Singleline)]
    private static partial Regex Expression();

    [GeneratedRegex(@"\b(workflow|db_client)_[a-z_]+(?=[\s{\[)]|$)")]
    private static partial Regex MetricName();
}

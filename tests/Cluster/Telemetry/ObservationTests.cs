using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Cluster.Tests.Telemetry;

/// <summary>What an operator saw of a cluster to which something happened: its alerts and its logs.</summary>
public sealed partial class ObservationTests(ObservedCluster cluster) : IClassFixture<ObservedCluster>
{
    /// <summary>60 lines in half a minute.</summary>
    private const double MaxLinesPerSecond = 2;

    /// <summary>It needs the metrics of the database's machine, which has a unit test.</summary>
    private const string OfNodeExporter = "DatabaseDiskFills";

    [Fact]
    public void Each_alert_fired() => AlertRules.Names.Except(cluster.Fired).ShouldBe([OfNodeExporter]);

    [Fact]
    public void Each_metric_of_the_rules_is_there_from_the_start()
    {
        AlertRules.Metrics.Length.ShouldBeGreaterThan(15);
        var shown = cluster.Metrics.SelectMany(static metrics => metrics.Families.Keys).ToHashSet();
        AlertRules
            .Metrics.Where(name => !shown.Contains(name) && !shown.Contains(Suffix().Replace(name, string.Empty)))
            .ShouldBeEmpty();
    }

    [Fact]
    public void An_outage_is_a_few_lines_in_the_log_of_an_Api()
    {
        ShouldBeShort(cluster.LogOfApi);

        var notifications = Of(cluster.LogOfApi, "NotificationOutage");
        notifications[0].EventId.ShouldBe(1110);
        notifications[0].Stack.ShouldNotBeNull().ShouldContain("   at ");
        notifications[1..^1].ShouldNotBeEmpty("a summary");
        notifications[1..^1].ShouldAllBe(static line => line.EventId == 1111 && RefusedIn(line) > 0);
        notifications[1].Message.ShouldContain("have failed since 20");
        notifications[^1].EventId.ShouldBe(1112);
        RefusedIn(notifications[^1]).ShouldBeInRange(cluster.Refused, cluster.Refused + 60, "those until it was over");
    }

    [Fact]
    public void An_outage_is_a_few_lines_in_the_log_of_a_silo()
    {
        ShouldBeShort(cluster.LogOfSilo);

        var commits = Of(cluster.LogOfSilo, "CommitHealth");
        commits[0].EventId.ShouldBe(1110);
        commits[1..^1].ShouldNotBeEmpty("a summary");
        commits[1..^1].ShouldAllBe(static line => line.EventId == 1111 && RefusedIn(line) > 0);
        commits[^1].EventId.ShouldBe(1112);
        RefusedIn(commits[^1]).ShouldBeGreaterThan(0);
        Of(cluster.LogOfSilo, "PostgresConnections")
            .First(static line => line.EventId == 1110)
            .Stack.ShouldNotBeNull()
            .ShouldContain("   at ", customMessage: "the cause with its stack");
    }

    [Fact]
    public void Each_line_says_which_process_wrote_it_and_its_version()
    {
        var all = cluster.LogOfApi.AddRange(cluster.LogOfSilo);
        all.ShouldAllBe(static line => line.Version == WorkingCopy.Version);
        cluster.LogOfApi.Select(static line => line.Instance).Distinct().ShouldHaveSingleItem();
        cluster.LogOfSilo.Select(static line => line.Instance).Distinct().ShouldHaveSingleItem();
        all.Select(static line => line.Instance).Distinct().Count().ShouldBe(2);
    }

    /// <summary>So few lines, and none that leads astray.</summary>
    private static void ShouldBeShort(ImmutableArray<ObservedCluster.LogLine> lines)
    {
        var text = string.Join('\n', lines.Select(static line => $"{line.Category}[{line.EventId}] {line.Message}"));
        lines.Length.ShouldBeLessThanOrEqualTo((int)(MaxLinesPerSecond * ObservedCluster.Away.TotalSeconds), text);
        lines.ShouldAllBe(static line => line.EventId != 1056 && line.EventId != 1100, text);
        text.ShouldNotContain("unhandled exception");
        text.ShouldNotContain("No silo answers");
    }

    private static List<ObservedCluster.LogLine> Of(ImmutableArray<ObservedCluster.LogLine> lines, string category) =>
        [.. lines.Where(line => line.Category.EndsWith($".{category}", StringComparison.Ordinal))];

    private static int RefusedIn(ObservedCluster.LogLine line) =>
        int.Parse(Refusals().Match(line.Message).Groups["count"].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(?<count>\d+) requests refused")]
    private static partial Regex Refusals();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex Suffix();
}

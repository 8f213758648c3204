using System.Text.RegularExpressions;
using Orleans.Workflow.Testing.Processes;
using Orleans.Workflow.Testing.Telemetry;

namespace Orleans.Workflow.Cluster.Tests.Telemetry;

/// <summary>The rules by themselves: Prometheus understands them, and each has an entry in the runbook.</summary>
public sealed partial class AlertRuleTests
{
    [Fact]
    public Task Promtool_accepts_the_rules() => Promtool("check", "rules", "alerts.yml");

    [Fact]
    public Task Promtool_accepts_the_configuration() => Promtool("check", "config", "--syntax-only", "prometheus.yml");

    [Fact]
    public Task The_unit_tests_of_the_rules_pass() => Promtool("test", "rules", "alerts.test.yml");

    [Fact]
    public void Each_alert_has_a_unit_test()
    {
        var tested = File.ReadAllText(Path.Combine(AlertRules.Folder, "alerts.test.yml"));
        foreach (var alert in AlertRules.Names)
            tested.ShouldContain($"alertname=\"{alert}\"");
    }

    [Fact]
    public void Each_alert_has_an_entry_in_the_runbook_and_each_entry_an_alert()
    {
        var runbook = File.ReadAllText(Path.Combine(WorkingCopy.Root, "docs", "operations", "runbook.md"));

        Heading().Matches(runbook).Select(static match => match.Groups["name"].Value).ShouldBe(AlertRules.Names, true);
        foreach (var alert in AlertRules.Names)
            AlertRules.Text.ShouldContain($"runbook_url: docs/operations/runbook.md#{alert.ToLowerInvariant()}\n");

        foreach (var part in (string[])["**Means.**", "**Look at.**", "**Do.**"])
            Regex.Count(runbook, Regex.Escape(part)).ShouldBe(AlertRules.Names.Length, part);
    }

    private static Task<string> Promtool(params string[] arguments) =>
        Command.RunInAsync(AlertRules.Folder, PrometheusServer.Find("promtool"), arguments);

    [GeneratedRegex(@"^## (?<name>\w+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();
}

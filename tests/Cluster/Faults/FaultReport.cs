using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using Orleans.Workflow.Cluster.Tests.Topologies;
using Orleans.Workflow.Testing.Deliveries;

namespace Orleans.Workflow.Cluster.Tests.Faults;

/// <summary>What a run under faults showed.</summary>
/// <param name="Plan">What was asked for.</param>
/// <param name="Lasted">How long the vendor sent.</param>
/// <param name="Faults">What was inflicted.</param>
/// <param name="Waves">What was sent.</param>
/// <param name="Checks">What comparing everything at the end found, wave by wave.</param>
/// <param name="Audit">What the command <c>audit</c> found in the database after that.</param>
/// <param name="Regressions">What the readers saw go back during the run.</param>
/// <param name="Reads">How many states they read.</param>
/// <param name="UnplannedEnds">Processes that ended though nothing had been done to them.</param>
internal sealed record FaultReport(
    FaultPlan Plan,
    TimeSpan Lasted,
    ImmutableArray<InflictedFault> Faults,
    ImmutableArray<Wave> Waves,
    ImmutableArray<DeliveryReport> Checks,
    AuditRun Audit,
    ImmutableArray<string> Regressions,
    int Reads,
    ImmutableArray<string> UnplannedEnds
)
{
    private const int MaxShown = 20;

    /// <summary>How many notifications were acknowledged.</summary>
    public int Acknowledged => Waves.Sum(static wave => wave.Acknowledged);

    /// <summary>How many the vendor gave up.</summary>
    public int GivenUp => Waves.Sum(static wave => wave.Deliveries - wave.Acknowledged);

    /// <summary>What does not hold of what the product shows.</summary>
    public ImmutableArray<Violation> Violations => [.. Checks.SelectMany(static check => check.Violations)];

    /// <summary>Demands that nothing was found, and that all was looked at.</summary>
    public void ShouldBeClean()
    {
        var text = ToString();
        Violations.ShouldBeEmpty(text);
        Audit.ShouldBeClean();
        Regressions.ShouldBeEmpty(text);
        UnplannedEnds.ShouldBeEmpty(text);
        GivenUp.ShouldBe(0, text);
        Reads.ShouldBeGreaterThan(0);
        Checks.Length.ShouldBe(Waves.Length);
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder();
        Line(
            $"Seed {Plan.Seed}; {Plan.Silos} silos, {Plan.Apis} Apis, PostgreSQL, {Plan.PerSecond} notifications "
                + $"begun per second; {Environment.ProcessorCount} processors, load at the end {Load()}, "
                + $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}."
        );
        Line("");
        Line(
            $"In {Lasted.TotalMinutes:0.0} minutes: {Faults.Length} faults; {Acknowledged} notifications of "
                + $"{Checks.Sum(static check => check.Workflows)} workflows acknowledged, {GivenUp} given up by the "
                + "vendor; "
                + $"{Reads} states read meanwhile. Answers: {Answers()}."
        );
        Line("");
        Line($"| | |");
        Line($"|---|---|");
        Line($"| acknowledged and lost, or not folded as acknowledged | {Count("C3")} |");
        Line($"| invented or doubled | {Count("C4")} |");
        Line($"| regressed, seen by a reader during the run | {Regressions.Length} |");
        Line(
            "| any other check of state, order, effect, version, node, list and history | "
                + $"{Violations.Length - Count("C3") - Count("C4")} |"
        );
        Line($"| processes that ended although no fault hit them | {UnplannedEnds.Length} |");
        Line("");
        Line($"The command `audit`: exit code {Audit.ExitCode}, {Audit.Report.Split('\n').Last()}");
        Line("");
        text.Append(FaultEffects.Table(this));
        foreach (var violation in Violations.Take(MaxShown))
            Line($"- {violation.Check}, workflow {violation.WorkflowId}: {violation.What}");

        foreach (var regression in Regressions.Take(MaxShown))
            Line($"- {regression}");

        foreach (var end in UnplannedEnds.Take(MaxShown))
            Line($"- {end}");

        return text.ToString();

        void Line(string line) => text.Append(line).Append('\n');
    }

    /// <summary>The load of the machine in the last one, five and fifteen minutes.</summary>
    private static string Load() =>
        File.Exists("/proc/loadavg")
            ? string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ').Take(3))
            : "unknown";

    private int Count(string check) =>
        Violations.Count(violation => violation.Check.StartsWith(check, StringComparison.Ordinal));

    private string Answers() =>
        string.Join(
            ", ",
            Waves
                .SelectMany(static wave => wave.Answers())
                .GroupBy(static answer => answer.Key, static answer => answer.Value)
                .Select(static answer => (answer.Key, Times: answer.Sum()))
                .OrderByDescending(static answer => answer.Times)
                .Select(static answer => $"{answer.Times} × {answer.Key}")
        );
}

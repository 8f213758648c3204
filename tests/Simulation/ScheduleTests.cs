using System.Collections.Concurrent;
using CsCheck;
using Orleans.Workflow.Simulation.Tests.Faults;
using Orleans.Workflow.Simulation.Tests.Properties;
using Orleans.Workflow.Simulation.Tests.Worlds;

namespace Orleans.Workflow.Simulation.Tests;

/// <summary>
/// The product's grains and group commit in thousands of simulated worlds, new ones in each run.
/// </summary>
/// <remarks>
/// A failure names the property and prints the smallest scenario with its trace. The environment variable
/// <c>CsCheck_Seed</c> replays it.
/// </remarks>
public sealed class ScheduleTests(ITestOutputHelper output)
{
    /// <summary>How many worlds a run plays; an environment variable changes it.</summary>
    // More than are played to notice a mutant. tests/faults.sh --many plays more.
    private static readonly int Schedules = int.TryParse(
        Environment.GetEnvironmentVariable("SIMULATION_SCHEDULES"),
        out var schedules
    )
        ? schedules
        : 2_000;

    /// <summary>
    /// Properties, by an environment variable: once one of them is broken, no more worlds are played.
    /// </summary>
    // Mutants need no smallest scenario.
    private static readonly HashSet<Property> Until =
    [
        .. (Environment.GetEnvironmentVariable("SIMULATION_UNTIL") ?? string.Empty)
            .Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(static name => Enum.Parse<Property>(name)),
    ];

    [Fact]
    public void Every_property_holds_in_every_schedule()
    {
        var broken = new ConcurrentDictionary<Property, int>();
        var totals = new long[Enum.GetValues<FaultKind>().Length];
        long worlds = 0,
            turns = 0,
            commits = 0,
            acknowledged = 0,
            reads = 0;
        try
        {
            Scenario.Any.Sample(
                scenario =>
                {
                    if (Until.Count > 0 && broken.Keys.Any(Until.Contains))
                        return;

                    var outcome = SimulatedCluster.Play(scenario);
                    Interlocked.Increment(ref worlds);
                    Interlocked.Add(ref turns, outcome.SimulationLoop);
                    Interlocked.Add(ref commits, outcome.Commits);
                    Interlocked.Add(ref acknowledged, outcome.Acknowledged);
                    Interlocked.Add(ref reads, outcome.Reads);
                    for (var kind = 0; kind < totals.Length; kind++)
                        Interlocked.Add(ref totals[kind], outcome.Faults[kind]);

                    if (outcome.Violation is not { } violation)
                        return;

                    broken.AddOrUpdate(violation.Property, 1, static (_, count) => count + 1);
                    Assert.Fail($"{violation.Property} does not hold: {violation.How}\n{outcome.Trace}");
                },
                iter: Schedules
            );
        }
        catch (CsCheckException exception)
        {
            var counts = string.Join(
                ", ",
                broken.OrderByDescending(static pair => pair.Value).Select(static pair => $"{pair.Key} ({pair.Value})")
            );
            Assert.Fail($"Broken properties: {counts}\n{exception.Message}\n{exception.InnerException}");
        }

        output.WriteLine(
            $"{worlds} schedules, {turns} turns, {commits} rows committed, {acknowledged} receipts acknowledged, "
                + $"{reads} reads"
        );
        foreach (var kind in Enum.GetValues<FaultKind>())
            output.WriteLine($"{totals[(int)kind], 8} {kind}");

        // A fault that never happens proves nothing. One follows only from two others that are rare together.
        totals[(int)FaultKind.LateAndTrimmed].ShouldBeGreaterThan(0);
        Enum.GetValues<FaultKind>()
            .Except([FaultKind.LateAndTrimmed])
            .Where(kind => totals[(int)kind] < Schedules / 100)
            .ShouldBeEmpty();
    }
}

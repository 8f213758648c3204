using Orleans.Workflow.Cluster.Tests.Faults;

namespace Orleans.Workflow.Cluster.Tests.Network;

/// <summary>
/// Partitions, dropped packets and power losses, drawn from a seed. Every change runs a short schedule;
/// <c>tests/faults.sh --network</c> runs a long one and writes its part of docs/faults.md.
/// </summary>
public sealed class NetworkFaultTests(ITestOutputHelper output)
{
    private const int Seed = 5011;

    private const string Introduction =
        """
        ## A network of hosts

        Written by `tests/faults.sh --network`. Each silo, each Api and PostgreSQL runs on a host of its own: a network namespace on a switch, which drops
        the packets between those that are cut from each other. The vendor and the readers reach every Api all the time. The rest is as above; the faults are in
        [FaultKind.cs](../tests/Cluster/Faults/FaultKind.cs). A fault lasts until its silos and Apis are ready again, those too that were declared dead and were started again.


        """;

    [Fact]
    public async Task Whatever_the_network_loses_nothing_acknowledged_is_lost_nothing_goes_back_and_nothing_is_invented()
    {
        var plan = FaultPlan.NetworkFromEnvironment(Seed);
        await using var cluster = await NetworkCluster.StartAsync(plan.Silos, plan.Apis);
        var injector = new NetworkInjector(cluster, plan, TimeProvider.System);
        var report = await new FaultRun(plan, injector, Tell).RunAsync(TestContext.Current.CancellationToken);
        var text = report.ToString();
        output.WriteLine(text);
        await ReportDocument.ReplaceAsync("network", Introduction + text);

        report.Violations.ShouldBeEmpty(text);
        report.Audit.ShouldBeClean();
        report.Regressions.ShouldBeEmpty(text);
        report.UnplannedEnds.ShouldBeEmpty(text);
        report.GivenUp.ShouldBe(0, text);
        report.Reads.ShouldBeGreaterThan(0);
    }

    private void Tell(string line)
    {
        output.WriteLine(line);
        TestContext.Current.SendDiagnosticMessage(line);
    }
}

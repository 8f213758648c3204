using Orleans.Workflow.Cluster.Tests.Faults;

namespace Orleans.Workflow.Cluster.Tests.Network;

/// <summary>
/// Partitions, dropped packets and lost power, drawn from a seed. Every change runs a short schedule;
/// <c>tests/faults.sh --network</c> runs a long one and writes its part of docs/faults.md.
/// </summary>
public sealed class NetworkFaultTests(ITestOutputHelper output)
{
    private const int Seed = 5011;

    private const string Introduction = """
        ## In a network

        Written by `tests/faults.sh --network`. Each silo, each Api and PostgreSQL has a host of its own: a network
        namespace on a switch, which drops packets between hosts in silence. The vendor and the readers reach every
        Api all the time. Everything else is as above; the faults are in
        [FaultKind.cs](../tests/Cluster/Faults/FaultKind.cs). A fault lasts until the running silos are the members of
        the cluster and all are ready again. Silos that were declared dead meanwhile are started again and count too.


        """;

    [Fact]
    public async Task In_a_broken_network_nothing_acknowledged_is_lost_nothing_goes_back_and_all_recovers()
    {
        var plan = FaultPlan.NetworkFromEnvironment(Seed);
        await using var cluster = await NetworkCluster.StartAsync(plan.Silos, plan.Apis);
        var injector = new NetworkInjector(cluster, plan, TimeProvider.System);
        var report = await new FaultRun(plan, injector, Log).RunAsync(TestContext.Current.CancellationToken);
        var text = report.ToString();
        output.WriteLine(text);
        await ReportDocument.ReplaceAsync("network", Introduction + text);
        report.ShouldBeClean();
    }

    private void Log(string line)
    {
        output.WriteLine(line);
        TestContext.Current.SendDiagnosticMessage(line);
    }
}

using Orleans.Workflow.Cluster.Tests.Topologies;

namespace Orleans.Workflow.Cluster.Tests.Faults;

/// <summary>
/// Everything that goes wrong, drawn from a seed. Every change runs a short schedule; <c>tests/faults.sh</c> runs a long one and writes
/// docs/faults.md.
/// </summary>
public sealed class FaultTests(ITestOutputHelper output)
{
    private const int Seed = 5001;

    private const string Introduction =
        """
        ## Processes on one machine

        Written by `tests/faults.sh`. Silos, Apis and PostgreSQL run as processes on one machine, together with the vendor that sends, the readers
        that watch and whatever else the machine does. The faults, drawn from the seed, are in [FaultKind.cs](../tests/Cluster/Faults/FaultKind.cs).
        The vendor repeats what was not answered 200 by the other Api, after 12 s without an answer or 0.1 s after another one. At the end everything that was
        sent is compared with what the product shows, over HTTP, after some of it was sent again, and the command `audit` folds all that is stored anew.
        A fault lasts until what it took away is ready again; what it did is measured until 10 s later, or until the next one begins. A notification
        takes from its first sending to its acknowledgement.


        """;

    [Fact]
    public async Task Whatever_fails_nothing_acknowledged_is_lost_nothing_goes_back_and_nothing_is_invented()
    {
        var plan = FaultPlan.FromEnvironment(Seed);
        await using var cluster = await ProcessCluster.StartAsync(plan.Silos, plan.Apis);
        var injector = new FaultInjector(cluster, plan, TimeProvider.System);
        var report = await new FaultRun(plan, injector, Tell).RunAsync(TestContext.Current.CancellationToken);
        var text = report.ToString();
        output.WriteLine(text);
        await ReportDocument.ReplaceAsync("processes", Introduction + text);
        report.ShouldBeClean();
    }

    private void Tell(string line)
    {
        output.WriteLine(line);
        TestContext.Current.SendDiagnosticMessage(line);
    }
}

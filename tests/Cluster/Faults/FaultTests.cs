using Orleans.Workflow.Cluster.Tests.Topologies;

namespace Orleans.Workflow.Cluster.Tests.Faults;

/// <summary>
/// Faults that are drawn from a seed. Every change runs a short schedule; <c>tests/faults.sh</c> runs a long one and
/// writes docs/faults.md.
/// </summary>
public sealed class FaultTests(ITestOutputHelper output)
{
    private const int Seed = 5001;

    private const string Introduction = """
        ## Processes on one machine

        Written by `tests/faults.sh`. Silos, Apis and PostgreSQL run as processes on one machine, together with the
        vendor that sends, the readers that watch, and other work of the machine. The faults are drawn from the seed;
        they are in [FaultKind.cs](../tests/Cluster/Faults/FaultKind.cs). The vendor sends a notification again
        through the other Api, after 12 s without an answer or 0.1 s after an answer other than 200. At the end some
        notifications are sent again. Then everything that was sent is compared with what the product shows over HTTP,
        and the command `audit` folds all stored receipts again. A fault lasts until what it stopped is ready again;
        its effects are measured until 10 s later, or until the next fault. The time of a notification runs from its
        first sending to its acknowledgement.


        """;

    [Fact]
    public async Task Under_faults_nothing_acknowledged_is_lost_nothing_goes_back_and_nothing_is_invented()
    {
        var plan = FaultPlan.FromEnvironment(Seed);
        await using var cluster = await ProcessCluster.StartAsync(plan.Silos, plan.Apis);
        var injector = new FaultInjector(cluster, plan, TimeProvider.System);
        var report = await new FaultRun(plan, injector, Log).RunAsync(TestContext.Current.CancellationToken);
        var text = report.ToString();
        output.WriteLine(text);
        await ReportDocument.ReplaceAsync("processes", Introduction + text);
        report.ShouldBeClean();
    }

    private void Log(string line)
    {
        output.WriteLine(line);
        TestContext.Current.SendDiagnosticMessage(line);
    }
}

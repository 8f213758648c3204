using Orleans.Workflow.Cluster.Tests.Topologies;

namespace Orleans.Workflow.Cluster.Tests.Faults;

/// <summary>A cluster that is as busy as it can be on this machine, and otherwise left alone.</summary>
public sealed class FullLoadTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_silo_that_is_only_busy_is_not_taken_for_dead()
    {
        var plan = FaultPlan.FullLoad(seed: 5002);
        await using var cluster = await ProcessCluster.StartAsync(plan.Silos, plan.Apis);
        var injector = new FaultInjector(cluster, plan, TimeProvider.System);
        var report = await new FaultRun(plan, injector, output.WriteLine).RunAsync(
            TestContext.Current.CancellationToken
        );
        output.WriteLine(report.ToString());
        report.ShouldBeClean();
    }
}

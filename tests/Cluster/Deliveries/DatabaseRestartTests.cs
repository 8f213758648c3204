using Orleans.Workflow.Cluster.Tests.Topologies;
using Orleans.Workflow.Testing.Deliveries;

namespace Orleans.Workflow.Cluster.Tests.Deliveries;

/// <summary>The database crashes and comes back under load.</summary>
public sealed class DatabaseRestartTests(ITestOutputHelper output)
{
    private const int Seed = 4001;

    [Fact]
    public async Task A_database_that_crashes_and_comes_back_loses_nothing_that_was_acknowledged()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var cluster = await ProcessCluster.StartAsync(silos: 2, apis: 1);
        var api = cluster.Apis.Single().Address;
        var plan = DeliveryPlan.Generate(Seed, workflows: 150);
        using var run = new DeliveryRun(plan, new DeliveryOptions([api]) { PerSecond = 400 });
        var delivering = run.DeliverAsync(cancellation);
        try
        {
            await run.WhenAcknowledged(plan.Deliveries.Length / 3);
            var crashedAt = TimeProvider.System.GetTimestamp();
            await cluster.Server.RestartImmediateAsync();
            await delivering;

            output.WriteLine(
                $"seed {Seed}: {plan.Deliveries.Length} deliveries; the longest time without a 200 after the crash: "
                    + $"{run.Log.MaxGap(crashedAt).TotalSeconds:0.00} s; "
                    + $"the slowest delivery: {run.Log.MaxDelivery().TotalSeconds:0.00} s; answers: "
                    + $"{run.Log.Answers()}"
            );
            var report = await DeliveryChecker.CheckAsync(run.Log, api, cancellation);
            output.WriteLine(report.ToString());
            report.ThrowIfViolated();
            (await cluster.AuditAsync()).ShouldBeClean();
        }
        catch
        {
            foreach (var process in cluster.Silos.Concat(cluster.Apis).Select(static member => member.Process))
                output.WriteLine(
                    $"---- {process.Name} {process.Id}\n{string.Join('\n', process.Output.Lines.TakeLast(60))}"
                );

            throw;
        }
    }
}

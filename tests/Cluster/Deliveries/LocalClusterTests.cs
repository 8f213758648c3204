using Orleans.Workflow.Cluster.Tests.Topologies;
using Orleans.Workflow.Testing.Deliveries;

namespace Orleans.Workflow.Cluster.Tests.Deliveries;

/// <summary>Two silos and two Apis as processes on PostgreSQL, while a silo joins and another dies.</summary>
public sealed class LocalClusterTests(ITestOutputHelper output)
{
    private const int Seed = 2001;

    [Fact]
    public async Task Nothing_acknowledged_is_missing_and_nothing_is_invented_while_a_silo_joins_and_a_silo_is_killed()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var cluster = await LocalCluster.StartAsync();
        var plan = DeliveryPlan.Generate(Seed, workflows: 300);

        // Paced, so that there is load before, while and after: about 30 s of it.
        using var run = new DeliveryRun(plan, new DeliveryOptions(cluster.Apis) { PerSecond = 300 });
        var delivering = run.DeliverAsync(cancellation);
        try
        {
            await WhenDelivered(run, delivering, plan.Parcels.Length / 6);
            await cluster.AddSiloAsync();
            await WhenDelivered(run, delivering, Math.Max(plan.Parcels.Length * 2 / 5, run.Log.AcknowledgedCount + 300));
            cluster.Kill("silo-1");
            var before = run.Log.AcknowledgedCount;
            before.ShouldBeLessThan(plan.Parcels.Length * 3 / 4, "The silo must be killed in the middle of the run, or nothing is shown.");
            await delivering;

            output.WriteLine(
                $"seed {Seed}: {plan.Parcels.Length} parcels, {before} acknowledged before kill -9; the longest time without a 200: {run.Log.LongestGap().TotalSeconds:0.00} s; "
                + $"the slowest delivery: {run.Log.LongestDelivery().TotalSeconds:0.00} s; answers: {run.Log.Answers()}");
            run.Log.AcknowledgedCount.ShouldBe(plan.Parcels.Length);
            foreach (var api in cluster.Apis)
            {
                var report = await DeliveryChecker.CheckAsync(run.Log, api, cancellation);
                output.WriteLine($"{api}: {report}");
                report.ThrowIfViolated();
            }

            (await cluster.StatusAsync()).ShouldMatch(@"silo-1 \d+ ended\nsilo-2 \d+ running\nsilo-3 \d+ running\n");
            await cluster.StopAsync();
        }
        catch
        {
            output.WriteLine(cluster.Logs());
            throw;
        }
    }

    /// <summary>Waits for a number of acknowledgements, and no longer than the run lasts.</summary>
    private static async Task WhenDelivered(DeliveryRun run, Task delivering, int count)
    {
        if (await Task.WhenAny(run.Log.WhenAcknowledged(count), delivering) == delivering)
            await delivering;
    }
}

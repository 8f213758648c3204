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

        // Paced, so that there is load before, during and after. The second half waits for the third silo.
        var joined = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var run = new DeliveryRun(
            plan,
            new DeliveryOptions(cluster.Apis)
            {
                PerSecond = 300,
                Gate = place => place < plan.Deliveries.Length / 2 ? Task.CompletedTask : joined.Task,
            }
        );
        var delivering = run.DeliverAsync(cancellation);
        try
        {
            await run.WhenAcknowledged(plan.Deliveries.Length / 6);
            await cluster.AddSiloAsync();
            joined.SetResult();
            await run.WhenAcknowledged((plan.Deliveries.Length / 2) + 500);
            var killedAt = TimeProvider.System.GetTimestamp();
            cluster.Kill("silo-1");
            await delivering;

            output.WriteLine(
                $"seed {Seed}: {plan.Deliveries.Length} deliveries; the longest time without a 200 after kill -9: "
                    + $"{run.Log.MaxGap(killedAt).TotalSeconds:0.00} s; "
                    + $"the slowest delivery: {run.Log.MaxDelivery().TotalSeconds:0.00} s; answers: "
                    + $"{run.Log.Answers()}"
            );
            run.Log.AcknowledgedCount.ShouldBe(plan.Deliveries.Length);
            foreach (var api in cluster.Apis)
            {
                var report = await DeliveryChecker.CheckAsync(run.Log, api, cancellation);
                output.WriteLine($"{api}: {report}");
                report.ThrowIfViolated();
            }

            (await cluster.AuditAsync()).ShouldBeClean();
            (await cluster.StatusAsync()).ShouldMatch(@"silo-1 \d+ ended\nsilo-2 \d+ running\nsilo-3 \d+ running\n");
            await cluster.StopAsync();
        }
        catch
        {
            joined.TrySetResult();
            output.WriteLine(cluster.Logs());
            throw;
        }
    }
}

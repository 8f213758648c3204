using Orleans.Workflow.Cluster.Tests.Topologies;
using Orleans.Workflow.Testing.Deliveries;
using Orleans.Workflow.Testing.Postgres;

namespace Orleans.Workflow.Cluster.Tests.Deliveries;

/// <summary>Shuffled, duplicated histories from 64 concurrent clients into one process, on each database.</summary>
public sealed class SingleApiTests(ITestOutputHelper output)
{
    [Fact]
    public async Task On_SQLite_every_state_is_the_fold_of_what_was_acknowledged()
    {
        await using var api = await SingleApi.StartOnSqliteAsync();
        await DeliverAndCheck(api, seed: 1001);
    }

    [Fact]
    public async Task On_SQLite_nothing_acknowledged_is_missing_after_kills_under_load()
    {
        await using var api = await SingleApi.StartOnSqliteAsync();
        await DeliverAndCheck(api, seed: 1003, async run =>
        {
            for (var kill = 1; kill <= 3; kill++)
            {
                await run.WhenAcknowledged(1_000 * kill);
                await api.CrashAndRestartAsync();
            }
        });
    }

    [Fact]
    public async Task On_PostgreSQL_every_state_is_the_fold_of_what_was_acknowledged()
    {
        await using var server = await PostgresServer.StartNewAsync();
        await using var api = await SingleApi.StartOnPostgresAsync(server);
        await DeliverAndCheck(api, seed: 1002);
    }

    private async Task DeliverAndCheck(SingleApi api, int seed, Func<DeliveryRun, Task>? disturb = null)
    {
        var plan = DeliveryPlan.Generate(seed, workflows: 300, severalSources: true);
        using var run = new DeliveryRun(plan, new DeliveryOptions([api.Address]));
        var delivering = run.DeliverAsync(TestContext.Current.CancellationToken);
        if (disturb is not null)
            await disturb(run);

        await delivering;
        run.Log.AcknowledgedCount.ShouldBe(plan.Deliveries.Length);

        var report = await DeliveryChecker.CheckAsync(run.Log, api.Address, TestContext.Current.CancellationToken);
        output.WriteLine($"seed {seed}: {report}; answers: {run.Log.Answers()}");
        report.ThrowIfViolated();
        report.Workflows.ShouldBe(300);
        (await api.AuditAsync()).ShouldBeClean();
    }
}

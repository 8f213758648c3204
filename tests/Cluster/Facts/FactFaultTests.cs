using Orleans.Workflow.Cluster.Tests.Topologies;

namespace Orleans.Workflow.Cluster.Tests.Facts;

/// <summary>Facts, beside status changes of the same workflows, while processes are killed.</summary>
public sealed class FactFaultTests
{
    private const int Seed = 2101;

    [Fact]
    public async Task Silos_that_are_killed_under_load_lose_no_fact_and_count_none_twice()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var cluster = await ProcessCluster.StartAsync(silos: 2, apis: 2);
        using var load = new FactLoad(Seed, [.. cluster.Apis.Select(static api => api.Address)]);
        var sending = load.SendAsync(cancellation);
        foreach (var (share, place) in ((int, int)[])[(5, 0), (2, 1)])
        {
            await load.WhenAcknowledged(load.Count / share, cancellation);
            var silo = cluster.Silos.ElementAt(place);
            load.Acknowledged.ShouldBeLessThan(load.Count, "it is killed under load");
            silo.Process.Kill();
            await silo.StartAgainAsync();
        }

        await sending;

        foreach (var api in cluster.Apis)
            await load.CheckAsync(api.Address, cancellation);

        (await cluster.AuditAsync()).ShouldBeClean();
    }

    [Fact]
    public async Task A_process_on_SQLite_that_is_killed_under_load_loses_no_fact_and_counts_none_twice()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var api = await SingleApi.StartOnSqliteAsync();
        using var load = new FactLoad(Seed, api.Address);
        var sending = load.SendAsync(cancellation);
        await load.WhenAcknowledged(load.Count / 3, cancellation);
        load.Acknowledged.ShouldBeLessThan(load.Count, "it is killed under load");

        await api.CrashAndRestartAsync();

        await sending;
        await load.CheckAsync(api.Address, cancellation);
        (await api.AuditAsync()).ShouldBeClean();
    }
}

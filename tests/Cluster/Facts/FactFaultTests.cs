using Npgsql;
using Orleans.Workflow.Cluster.Tests.Feed;
using Orleans.Workflow.Cluster.Tests.Topologies;

namespace Orleans.Workflow.Cluster.Tests.Facts;

/// <summary>Facts, beside status changes of the same workflows, while processes are killed.</summary>
public sealed class FactFaultTests(ITestOutputHelper output)
{
    private const int Seed = 2101;
    private const int Readers = 6;

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
    public async Task Each_reader_of_the_feed_gets_every_fact_and_every_change_once_while_processes_are_killed()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var cluster = await ProcessCluster.StartAsync(silos: 2, apis: 2);
        var (last, facts) = (new TaskCompletionSource<long>(), new TaskCompletionSource<int>());
        var followers = Enumerable.Range(0, Readers).Select(number => Follower(cluster, number)).ToList();
        var following = followers
            .Select(follower => follower.FollowAsync(last.Task, facts.Task, cancellation))
            .ToList();
        await Task.WhenAll(followers.Select(static follower => follower.Begun)).WaitAsync(cancellation);

        // Sent over the first Api; readers are with both, and with the one that takes the second one's place.
        using var load = new FactLoad(Seed, cluster.Apis.First().Address);
        var sending = load.SendAsync(cancellation);
        await load.WhenAcknowledged(load.Count / 5, cancellation);
        var silo = cluster.Silos.First();
        silo.Process.Kill();
        await silo.StartAgainAsync();
        await load.WhenAcknowledged(load.Count / 2, cancellation);
        cluster.Apis.Last().Process.Kill();
        await cluster.StartApi().WhenReadyAsync();
        await sending;

        var storedChanges = await Read(
            cluster.Connection,
            "SELECT position, workflow_id, version, json_array_length(changes::json) FROM receipt "
                + "WHERE changes IS NOT NULL ORDER BY position",
            static row => new FollowedChange(row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.GetInt32(3))
        );
        var storedFacts = await Read(
            cluster.Connection,
            "SELECT id FROM fact WHERE effect <> 0 ORDER BY position",
            static row => row.GetGuid(0)
        );
        last.SetResult(storedChanges[^1].Position);
        facts.SetResult(storedFacts.Count);
        await Task.WhenAll(following).WaitAsync(TimeSpan.FromSeconds(120), TimeProvider.System, cancellation);

        output.WriteLine(
            $"seed {Seed}: {load.Count} sent, {storedFacts.Count} facts counted, {storedChanges.Count} changes; "
                + $"{Readers} readers came back {followers.Sum(static follower => follower.Returns)} times"
        );
        foreach (var follower in followers)
        {
            follower.Facts.SequenceEqual(storedFacts).ShouldBeTrue($"{follower.Facts.Count} facts came");
            follower.Changes.SequenceEqual(storedChanges).ShouldBeTrue($"{follower.Changes.Count} changes came");
            follower.Dispose();
        }
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

    private static FeedFollower Follower(ProcessCluster cluster, int number) =>
        new(
            Seed + number,
            () => [.. cluster.Apis.Where(static api => !api.Process.HasExited).Select(static api => api.Address)],
            "/events?include=facts"
        );

    private static async Task<List<T>> Read<T>(string connection, string query, Func<NpgsqlDataReader, T> read)
    {
        await using var dataSource = NpgsqlDataSource.Create(connection);
        await using var command = dataSource.CreateCommand(query);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync())
            rows.Add(read(reader));

        return rows;
    }
}

using System.Globalization;
using Npgsql;
using Orleans.Workflow.Cluster.Tests.Topologies;
using Orleans.Workflow.Testing.Deliveries;

namespace Orleans.Workflow.Cluster.Tests.Feed;

/// <summary>
/// Readers of the live feed, while silos and Apis die and join. The environment variable FEED_WORKFLOWS says how many
/// workflows there are.
/// </summary>
public sealed class FeedTests(ITestOutputHelper output)
{
    private const int Seed = 5001;
    private const int Readers = 20;
    private static readonly int Workflows = int.Parse(
        Environment.GetEnvironmentVariable("FEED_WORKFLOWS") ?? "200",
        CultureInfo.InvariantCulture
    );

    [Fact]
    public async Task Each_reader_gets_every_transition_once_and_in_order_while_a_silo_and_an_Api_are_killed()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var cluster = await ProcessCluster.StartAsync(silos: 3, apis: 2);
        var plan = FeedPlan.Generate(Seed, Workflows);
        var last = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var followers = Enumerable
            .Range(0, Readers)
            .Select(number => new FeedFollower(Seed + number, () =>
                [.. cluster.Apis.Where(static api => !api.Process.HasExited).Select(static api => api.Address)]
            ))
            .ToList();
        var following = followers.Select(follower => follower.FollowAsync(last.Task, cancellation)).ToList();
        await Task.WhenAll(followers.Select(static follower => follower.Begun)).WaitAsync(cancellation);

        // The second half waits until the third Api is ready.
        var joined = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var run = new DeliveryRun(
            plan,
            new DeliveryOptions([.. cluster.Apis.Select(static api => api.Address)])
            {
                PerSecond = 150,
                Gate = place => place < plan.Deliveries.Length / 2 ? Task.CompletedTask : joined.Task,
            }
        );
        var delivering = run.DeliverAsync(cancellation);
        await run.WhenAcknowledged(plan.Deliveries.Length / 5);
        cluster.Silos.First().Process.Kill();
        await run.WhenAcknowledged(plan.Deliveries.Length / 3);
        cluster.Apis.Last().Process.Kill();
        await cluster.StartApi().WhenReadyAsync();
        joined.SetResult();
        await delivering;

        var stored = await Stored(cluster.Connection);
        last.SetResult(stored[^1].Position);
        await Task.WhenAll(following).WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, cancellation);

        var transitions = stored.Sum(static change => change.Transitions);
        output.WriteLine(
            $"seed {Seed}: {plan.Deliveries.Length} deliveries, {stored.Count} changes with {transitions} transitions, "
                + $"positions up to {stored[^1].Position}; "
                + $"{Readers} readers came back {followers.Sum(static follower => follower.Returns)} times; "
                + $"answers: {run.Log.Answers()}"
        );
        transitions.ShouldBeGreaterThan(25 * Workflows);
        foreach (var workflow in stored.GroupBy(static change => change.WorkflowId))
            workflow
                .Select(static change => change.Version)
                .ShouldBe(Enumerable.Range(1, workflow.Count()).Select(static version => (long)version));

        foreach (var follower in followers)
        {
            follower.Changes.SequenceEqual(stored).ShouldBeTrue(Difference(follower.Changes, stored));
            follower.Dispose();
        }
    }

    /// <summary>The changes as the database has them.</summary>
    private static async Task<List<FollowedChange>> Stored(string connection)
    {
        await using var dataSource = NpgsqlDataSource.Create(connection);
        await using var command = dataSource.CreateCommand(
            "SELECT position, workflow_id, version, json_array_length(changes::json) FROM receipt WHERE changes "
                + "IS NOT NULL ORDER BY position"
        );
        await using var reader = await command.ExecuteReaderAsync();
        var changes = new List<FollowedChange>();
        while (await reader.ReadAsync())
            changes.Add(
                new FollowedChange(reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2), reader.GetInt32(3))
            );

        return changes;
    }

    private static string Difference(List<FollowedChange> received, List<FollowedChange> stored)
    {
        var missing = stored.Except(received).Take(5);
        var repeated = received
            .GroupBy(static change => change)
            .Where(static same => same.Count() > 1)
            .Select(static same => same.Key)
            .Take(5);
        return $"received {received.Count}, stored {stored.Count}; missing: {string.Join(", ", missing)}; "
            + $"more than once: {string.Join(", ", repeated)}";
    }
}

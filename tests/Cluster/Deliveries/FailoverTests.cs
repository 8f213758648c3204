using System.Net;
using Npgsql;
using Orleans.Workflow.Cluster.Tests.Topologies;
using Orleans.Workflow.Testing.Deliveries;
using Orleans.Workflow.Testing.Feeds;

namespace Orleans.Workflow.Cluster.Tests.Deliveries;

/// <summary>A standby that was behind takes over from its primary, under load and living silos.</summary>
public sealed class FailoverTests(ITestOutputHelper output)
{
    private const int Seed = 4002;

    private static readonly TimeProvider Time = TimeProvider.System;

    [Fact]
    public async Task What_is_lost_leaves_no_gap_and_comes_back_with_the_repeats_of_the_vendor()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var cluster = await ProcessCluster.StartBehindPortAsync(silos: 2, apis: 1);
        await using var standby = await cluster.Server.StartStandbyAsync(isSynchronous: false);
        var api = cluster.Apis.Single().Address;
        var plan = DeliveryPlan.Generate(Seed, workflows: 100);
        var options = new DeliveryOptions([api]) { PerSecond = 150 };
        try
        {
            var feed = FollowUntilGone(new Uri(api, "/events"), cancellation);
            using var run = new DeliveryRun(plan, options);
            var delivering = run.DeliverAsync(cancellation);
            await run.WhenAcknowledged(plan.Deliveries.Length / 4);
            var behindSince = Time.GetTimestamp();
            await standby.StopReceivingAsync();
            await run.WhenAcknowledged(run.Log.AcknowledgedCount + (plan.Deliveries.Length / 4));
            await cluster.Server.CrashAsync();
            var crashedAt = Time.GetTimestamp();
            await standby.PromoteAsync();
            cluster.Port!.MoveTo(new NpgsqlConnectionStringBuilder(standby.Administration).Port);
            await delivering;

            var stored = await StoredReceipts(cluster.Connection);
            var lost = run.Log.Sendings.Where(sending => IsLost(sending, stored)).ToList();
            output.WriteLine(
                $"seed {Seed}: {plan.Deliveries.Length} deliveries; {lost.Count} acknowledged and lost with the "
                    + $"primary; "
                    + $"{run.Log.MaxGap(crashedAt).TotalSeconds:0.0} s without a 200; answers: {run.Log.Answers()}"
            );
            lost.ShouldNotBeEmpty("the standby was not behind");
            lost.ShouldAllBe(sending => sending.EndedAt >= behindSince && sending.StartedAt <= crashedAt);
            (await cluster.AuditAsync()).ShouldBeClean();

            using var repeats = new DeliveryRun(plan, options with { PerSecond = null });
            await repeats.DeliverAsync(cancellation);
            using var reader = new ServiceReader(api);
            var sendings = run
                .Log.Sendings.Select(sending =>
                    IsLost(sending, stored) ? sending with { Acknowledged = null } : sending
                )
                .Concat(repeats.Log.Sendings);
            var report = await DeliveryChecker.CheckAsync(
                sendings,
                reader,
                await reader.ListWorkflows(cancellation),
                cancellation
            );
            output.WriteLine(report.ToString());
            report.ThrowIfViolated();
            (await cluster.AuditAsync()).ShouldBeClean();
            await feed.WaitAsync(TimeSpan.FromSeconds(60), Time, cancellation);
        }
        catch
        {
            foreach (var member in cluster.Silos.Concat(cluster.Apis))
            {
                var lines = string.Join('\n', member.Process.Output.Lines.TakeLast(60));
                output.WriteLine($"---- {member.Process.Name} {member.Process.Id}\n{lines}");
            }

            throw;
        }
    }

    private static bool IsLost(Sending sending, HashSet<Guid> stored) =>
        sending.Acknowledged is { } acknowledged && !stored.Contains(acknowledged.ReceiptId);

    /// <summary>Reads the feed, and again after its last id, until that is answered 410.</summary>
    private static async Task FollowUntilGone(Uri feed, CancellationToken cancellation)
    {
        using var reader = new FeedReader();
        while (true)
        {
            try
            {
                await foreach (var _ in reader.Read(feed, cancellation))
                {
                    // What it is does not matter here.
                }
            }
            catch (HttpRequestException exception) when (exception.StatusCode == HttpStatusCode.Gone)
            {
                return;
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException)
            {
                // The database is away.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), Time, cancellation);
        }
    }

    private static async Task<HashSet<Guid>> StoredReceipts(string connection)
    {
        await using var database = NpgsqlDataSource.Create(connection);
        await using var command = database.CreateCommand("SELECT id FROM receipt");
        await using var reader = await command.ExecuteReaderAsync();
        var ids = new HashSet<Guid>();
        while (await reader.ReadAsync())
            ids.Add(reader.GetGuid(0));

        return ids;
    }
}

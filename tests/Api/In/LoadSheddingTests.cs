using System.Diagnostics;
using Npgsql;
using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;
using Orleans.Workflow.Testing.Postgres;

namespace Orleans.Workflow.Api.Tests.In;

/// <summary>More concurrent requests than the product accepts, while its database is blocked.</summary>
public sealed class LoadSheddingTests(ITestOutputHelper output)
{
    private const int MaxInFlight = 8;

    [Fact]
    public async Task Excess_notifications_are_refused_at_once_and_accepted_ones_are_not_lost()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var server = await PostgresServer.StartNewAsync("max_connections=60");
        var database = await PostgresDatabase.CreateAsync(server, "shedding");
        await using var api = await ApiProcess.StartAsync(database, $"--Http:MaxInFlight={MaxInFlight}");
        await using var session = (NpgsqlConnection)await database.OpenAsync();
        await using var transaction = await session.BeginTransactionAsync(cancellation);
        await using (var hold = new NpgsqlCommand("LOCK TABLE workflow IN ACCESS EXCLUSIVE MODE", session))
            await hold.ExecuteNonQueryAsync(cancellation);

        var sent = Enumerable
            .Range(0, 3 * MaxInFlight)
            .Select(_ => api.Client.NotifyAsync(Report.Workflow(Report.NewId())))
            .ToList();
        await Until.Async(
            "what is too much is answered",
            () => Task.FromResult(sent.Count(static reply => reply.IsCompleted)),
            static answered => answered >= 2 * MaxInFlight
        );
        var taken = sent.Where(static reply => !reply.IsCompleted).ToList();
        taken.Count.ShouldBe(MaxInFlight);
        var (times, first) = (new List<double>(), (Reply?)null);
        for (var i = 0; i < 200; i++)
        {
            var start = Stopwatch.GetTimestamp();
            var refused = await api.Client.NotifyAsync(Report.Workflow(Report.NewId()));
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            refused.ExpectProblem(429);
            first ??= refused;
        }

        times.Sort();
        output.WriteLine(
            $"refused in {times[times.Count / 2]:0.0} ms (p50), {times[(int)(times.Count * 0.99)]:0.0} ms (p99)"
        );
        times[(int)(times.Count * 0.99)].ShouldBeLessThan(500, "100 ms on a machine that does nothing else");
        int.Parse(first.ShouldNotBeNull().Header("Retry-After").ShouldNotBeNull()).ShouldBeGreaterThan(0);
        (await api.Client.GetAsync("/health/live")).Expect(200);

        await transaction.RollbackAsync(cancellation);
        foreach (var reply in await Task.WhenAll(taken))
            reply.Expect(200);
    }
}

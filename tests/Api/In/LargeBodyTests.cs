using System.Collections.Concurrent;
using System.Text;
using Npgsql;
using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;
using Orleans.Workflow.Testing.Postgres;

namespace Orleans.Workflow.Api.Tests.In;

/// <summary>Many bodies at once, of which each is large but allowed: the product on a PostgreSQL server of its own.</summary>
public sealed class LargeBodyTests(ITestOutputHelper output)
{
    private const int BodyBytes = 24 * 1024 * 1024;
    private const int LargestBody = 32 * 1024 * 1024;
    private const int Bodies = 16;

    /// <summary>How many of them are taken at the same time: of each, 64 KiB are not counted.</summary>
    private const int Taken = 8 * LargestBody / (BodyBytes - (64 * 1024));

    private static readonly string Padding = new('x', BodyBytes - 200);

    [Fact]
    public async Task Their_bytes_are_bounded_and_small_notifications_beside_them_are_acknowledged()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var server = await PostgresServer.StartNewAsync("max_connections=60");
        var database = await PostgresDatabase.CreateAsync(server, "bodies");
        await using var api = await ApiProcess.StartAsync(database, $"--Webhooks:LargestBody={LargestBody}");
        await using var session = (NpgsqlConnection)await database.OpenAsync();

        // While nothing can be stored, as many are held as there is room for.
        Task<Reply>[] sent;
        Task<Reply> small;
        await using (var transaction = await session.BeginTransactionAsync(cancellation))
        {
            await using (var hold = new NpgsqlCommand("LOCK TABLE orleansstorage IN ACCESS EXCLUSIVE MODE", session))
                await hold.ExecuteNonQueryAsync(cancellation);

            sent = [.. Enumerable.Range(0, Bodies).Select(i => Send(api, i))];
            await Until.Async(
                "what is too much is answered",
                () => Task.FromResult(sent.Count(static reply => reply.IsCompleted)),
                static answered => answered >= Bodies - Taken);
            small = api.Client.NotifyAsync(Told.Workflow(Told.NewId()));
            await transaction.RollbackAsync(cancellation);
        }

        (await small).Expect(200);
        var replies = await Task.WhenAll(sent);
        replies.Count(static reply => reply.Status == 429).ShouldBe(Bodies - Taken);
        foreach (var reply in replies.Where(static reply => reply.Status != 200))
            ShouldBeRefused(reply);

        // With the database as it should be: each is sent until it is taken, beside small ones.
        using var done = new CancellationTokenSource();
        var innocent = SendSmall(api, done.Token);
        var refusals = new ConcurrentQueue<int>();
        await Task.WhenAll(Enumerable.Range(0, Bodies).Select(i => Until.Async(
            $"body {i} is taken",
            async () =>
            {
                var reply = await Send(api, i);
                if (reply.Status != 200)
                {
                    refusals.Enqueue(reply.Status);
                    ShouldBeRefused(reply);
                }

                return reply;
            },
            static reply => reply.Status == 200)));
        await done.CancelAsync();

        var times = await innocent;
        output.WriteLine($"{times.Count} small ones, the slowest in {times.Max().TotalSeconds:0.0} s; {refusals.Count} refusals");
        times.Count.ShouldBeGreaterThan(1);
        for (var i = 0; i < Bodies; i++)
            (await api.Client.GetAsync(ApiClient.Of($"large{i}"))).Expect(200);
    }

    private static void ShouldBeRefused(Reply reply)
    {
        reply.Status.ShouldBeOneOf(429, 503);
        int.Parse(reply.Header("Retry-After").ShouldNotBeNull()).ShouldBeGreaterThan(0);
    }

    /// <summary>Sends small notifications, one after the other; each must be acknowledged.</summary>
    private static async Task<List<TimeSpan>> SendSmall(ApiProcess api, CancellationToken done)
    {
        var times = new List<TimeSpan>();
        while (!done.IsCancellationRequested)
        {
            var start = TimeProvider.System.GetTimestamp();
            (await api.Client.NotifyAsync(Told.Workflow(Told.NewId()))).Expect(200);
            times.Add(TimeProvider.System.GetElapsedTime(start));
        }

        return times;
    }

    private static Task<Reply> Send(ApiProcess api, int number) => api.Client.PostAsync(Encoding.UTF8.GetBytes(
        $$"""{"workflow_id":"large{{number}}","workflow_name":"n","status":"running","actions":[],"pad":"{{Padding}}"}"""));
}

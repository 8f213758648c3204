using System.Text;
using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;
using Orleans.Workflow.Testing.Postgres;

namespace Orleans.Workflow.Api.Tests.In;

/// <summary>Many large bodies at once, each of them allowed, on a PostgreSQL server of its own.</summary>
public sealed class LargeBodyTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int MaxBodyBytes = 32 * 1024 * 1024;

    /// <summary>A hundred megabytes are written, perhaps to a slow disk.</summary>
    private static readonly TimeSpan TimeToWrite = TimeSpan.FromMinutes(4);

    private PostgresServer? _server;
    private ApiProcess? _api;

    private ApiProcess Api => _api.ShouldNotBeNull();

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.StartNewAsync("max_connections=60");
        var database = await PostgresDatabase.CreateAsync(_server, "bodies");
        _api = await ApiProcess.StartAsync(
            database,
            $"--Webhooks:MaxBodyBytes={MaxBodyBytes}",
            "--Webhooks:BodySeconds=600"
        );
    }

    public async ValueTask DisposeAsync()
    {
        if (_api is not null)
            await _api.DisposeAsync();

        if (_server is not null)
            await _server.DisposeAsync();
    }

    [Fact]
    public async Task Beyond_their_bytes_large_bodies_are_refused_and_small_ones_are_taken()
    {
        var body = Body("refused", 1024 * 1024);
        using var done = new CancellationTokenSource();

        // Eight bodies are all that there is room for; none of these ends.
        var senders = Task.WhenAll(Enumerable.Range(0, 8).Select(_ => SendWithoutEnd(done.Token)));
        try
        {
            ShouldBeRefused(
                await Until.Async(
                    "there is no room for a large one",
                    () => Api.Client.PostAsync(body),
                    static reply => reply.Status != 200
                )
            );
            (await Api.Client.PostChunkedAsync(body)).ExpectProblem(429);
            (await Api.Client.NotifyAsync(Report.Workflow(Report.NewId()))).Expect(200);
        }
        finally
        {
            await done.CancelAsync();
            await senders;
        }

        await Until.Async("it is taken", () => Api.Client.PostAsync(body), static reply => reply.Status == 200);
    }

    [Fact]
    public async Task Small_notifications_beside_many_large_bodies_are_acknowledged()
    {
        const int Bodies = 16;
        using var done = new CancellationTokenSource();
        var small = SendSmall(done.Token);
        var large = Task.WhenAll(Enumerable.Range(0, Bodies).Select(i => SendUntilTaken(Body($"large{i}", 6_000_000))));

        // A small one that is refused ends the test at once, with what was answered.
        await await Task.WhenAny(large, small);
        await done.CancelAsync();
        var refused = await large;
        var times = await small;
        output.WriteLine(
            $"{times.Count} small ones, the slowest in {times.Max().TotalSeconds:0.0} s; {refused.Sum()} refusals"
        );
        times.Count.ShouldBeGreaterThan(1);
        for (var i = 0; i < Bodies; i++)
            (await Api.Client.GetAsync(ApiClient.Of($"large{i}"))).Expect(200);
    }

    /// <summary>
    /// Sends a body of the largest length a little at a time, so that the server does not take the sender for one that
    /// has gone; begins again if it does.
    /// </summary>
    private async Task SendWithoutEnd(CancellationToken done)
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        while (!done.IsCancellationRequested)
        {
            using var sender = await RawConnection.OpenAsync(Api.Root);
            var text =
                $"POST {ApiClient.Webhook} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                + $"Content-Length: {MaxBodyBytes}\r\n\r\n{{";
            while (await sender.SendAsync(text) && !done.IsCancellationRequested)
            {
                text = new string(' ', 200);
                await pause.WaitForNextTickAsync(CancellationToken.None);
            }
        }
    }

    /// <summary>Sends a body again and again until it is taken.</summary>
    /// <returns>How often it was refused.</returns>
    private async Task<int> SendUntilTaken(byte[] body)
    {
        var refused = 0;
        await Until.Async(
            "it is taken",
            async () =>
            {
                var reply = await Api.Client.PostAsync(body);
                if (reply.Status != 200)
                {
                    refused++;
                    ShouldBeRefused(reply);
                }

                return reply;
            },
            static reply => reply.Status == 200,
            TimeToWrite
        );
        return refused;
    }

    /// <summary>Sends small notifications, one after the other; each must be acknowledged.</summary>
    private async Task<List<TimeSpan>> SendSmall(CancellationToken done)
    {
        var times = new List<TimeSpan>();
        while (!done.IsCancellationRequested)
        {
            var start = TimeProvider.System.GetTimestamp();
            (await Api.Client.NotifyAsync(Report.Workflow(Report.NewId()))).Expect(200);
            times.Add(TimeProvider.System.GetElapsedTime(start));
        }

        return times;
    }

    private static void ShouldBeRefused(Reply reply)
    {
        reply.Status.ShouldBeOneOf(429, 503);
        int.Parse(reply.Header("Retry-After").ShouldNotBeNull()).ShouldBeGreaterThan(0);
    }

    private static byte[] Body(string id, int padding) =>
        Encoding.UTF8.GetBytes(
            $$"""{"workflow_id":"{{id}}","workflow_name":"n","status":"running","actions":[],"""
                + $"\"pad\":\"{new string('x', padding)}\"}}"
        );
}

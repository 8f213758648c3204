using System.Diagnostics;
using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;
using Orleans.Workflow.Testing.Postgres;

namespace Orleans.Workflow.Api.Tests.In;

/// <summary>A product that is asked to stop while requests wait.</summary>
public sealed class StopTests(ITestOutputHelper output)
{
    /// <summary>
    /// 5 seconds on a machine that does nothing else; a wait of a minute that is not cut short takes longer in any
    /// case.
    /// </summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task On_SQLite_waits_are_answered_feeds_end_and_others_are_served_until_it_goes()
    {
        using var database = new SqliteFile();
        await StopWhileWaiting(database);

        await using var again = await ApiProcess.StartAsync(database);
    }

    [Fact]
    public async Task On_PostgreSQL_waits_are_answered_feeds_end_and_others_are_served_until_it_goes()
    {
        await using var server = await PostgresServer.StartNewAsync();
        await StopWhileWaiting(await PostgresDatabase.CreateAsync(server, "stop"));
    }

    private async Task StopWhileWaiting(ITestDatabase database)
    {
        await using var api = await ApiProcess.StartAsync(database, "--Http:DrainSeconds=3");
        var (known, unknown) = (Report.NewId(), Report.NewId());
        await api.Client.ReportAsync(Report.Workflow(known));
        var wait = api.Client.GetAsync($"{ApiClient.Of(known)}?until=ended&wait=60s");
        var waitForNothing = api.Client.GetAsync($"{ApiClient.Of(unknown)}?until=ended&wait=60s");
        var feed = api.Client.GetAsync("/events");
        await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, TestContext.Current.CancellationToken);
        wait.IsCompleted.ShouldBeFalse();
        feed.IsCompleted.ShouldBeFalse();

        var start = Stopwatch.GetTimestamp();
        var stopping = api.StopAsync();

        (await wait.WaitAsync(Soon, TestContext.Current.CancellationToken))
            .Expect(200)
            .Json.Word("status")
            .ShouldBe("running");
        (await waitForNothing.WaitAsync(Soon, TestContext.Current.CancellationToken)).ExpectProblem(404);
        (await feed.WaitAsync(Soon, TestContext.Current.CancellationToken)).Expect(200);
        output.WriteLine($"waits were answered {Stopwatch.GetElapsedTime(start).TotalSeconds:0.00} s after SIGTERM");
        stopping.IsCompleted.ShouldBeFalse();

        (await api.Client.GetAsync("/health/ready")).Expect(503);
        (await api.Client.GetAsync("/health/live")).Expect(200);
        await api.Client.ReportAsync(Report.Workflow(known, "paused"));
        (await api.Client.GetAsync($"{ApiClient.Of(known)}?until=ended&wait=60s"))
            .Expect(200)
            .Json.Word("status")
            .ShouldBe("paused");
        var late = await api.Client.GetAsync("/events?last_event_id=0");
        late.Expect(200).Text.ShouldContain("id: ");

        await stopping.WaitAsync(Soon, TestContext.Current.CancellationToken);
        output.WriteLine($"it ended {Stopwatch.GetElapsedTime(start).TotalSeconds:0.00} s after SIGTERM");
        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(Soon);
        api.Output.ToString().ShouldNotContain("unhandled exception", Case.Insensitive);
    }
}

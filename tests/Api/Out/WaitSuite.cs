using System.Diagnostics;
using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;

namespace Orleans.Workflow.Api.Tests.Out;

/// <summary>Waiting for a version or a phase.</summary>
public abstract class WaitSuite(ApiFixture api)
{
    /// <summary>A wait of a minute that is answered within this was answered by what it waited for.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("min_version=2", "paused", 2)]
    [InlineData("until=ended", "stopped", 2)]
    [InlineData("until=active&min_version=2", "finished", 2)]
    [InlineData("min_version=2&until=ended", "failed", 2)]
    public async Task A_wait_is_answered_as_soon_as_it_is_reached(string condition, string status, int version)
    {
        var id = Report.NewId();
        await api.Client.ReportAsync(Report.Workflow(id));

        var wait = await StartWaiting(id, condition);
        await api.Client.ReportAsync(Report.Workflow(id, status));

        var state = (await wait.WaitAsync(Soon, TestContext.Current.CancellationToken)).Expect(200).Json;
        (state.Word("status"), state.Number("version")).ShouldBe((status, version));
    }

    [Theory]
    [InlineData("min_version=1")]
    [InlineData("until=scheduled")]
    [InlineData("until=active")]
    public async Task A_wait_for_a_workflow_that_is_not_known_yet_is_answered_when_it_is(string condition)
    {
        var id = Report.NewId();

        var wait = await StartWaiting(id, condition);
        await api.Client.ReportAsync(Report.Workflow(id));

        (await wait.WaitAsync(Soon, TestContext.Current.CancellationToken))
            .Expect(200)
            .Json.Word("status")
            .ShouldBe("running");
    }

    [Fact]
    public async Task A_wait_continues_when_something_else_happens()
    {
        var id = Report.NewId();

        var wait = await StartWaiting(id, "until=ended");
        await api.Client.ReportAsync(Report.Workflow(id, "creating"));
        await api.Client.ReportAsync(Report.Workflow(id, "running"));
        wait.IsCompleted.ShouldBeFalse();
        await api.Client.ReportAsync(Report.Workflow(id, "finished"));

        (await wait.WaitAsync(Soon, TestContext.Current.CancellationToken))
            .Expect(200)
            .Header("ETag")
            .ShouldBe("W/\"3\"");
    }

    [Fact]
    public async Task Many_may_wait_for_one_workflow()
    {
        var id = Report.NewId();

        var waits = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => StartWaiting(id, "min_version=1")));
        await api.Client.ReportAsync(Report.Workflow(id));

        foreach (
            var reply in await Task.WhenAll(
                waits.Select(wait => wait.WaitAsync(Soon, TestContext.Current.CancellationToken))
            )
        )
            reply.Expect(200);
    }

    [Theory]
    [InlineData("min_version=1&wait=1m")]
    [InlineData("until=active&wait=60s")]
    [InlineData("until=scheduled&wait=60000ms")]
    [InlineData("min_version=1")]
    public async Task What_is_reached_already_is_answered_at_once(string query)
    {
        var id = Report.NewId();
        await api.Client.ReportAsync(Report.Workflow(id));

        (
            await api
                .Client.GetAsync($"{ApiClient.Of(id)}?{query}")
                .WaitAsync(Soon, TestContext.Current.CancellationToken)
        ).Expect(200);
    }

    [Theory]
    [InlineData("min_version=2&wait=200ms", 200)]
    [InlineData("until=ended&wait=0.2s", 200)]
    [InlineData("until=ended&wait=0s", 0)]
    [InlineData("until=ended", 0)]
    [InlineData("min_version=9223372036854775807", 0)]
    public async Task When_the_wait_is_over_the_state_is_answered_as_it_is(string query, int leastMilliseconds)
    {
        var id = Report.NewId();
        await api.Client.ReportAsync(Report.Workflow(id));
        var start = Stopwatch.GetTimestamp();

        var reply = (await api.Client.GetAsync($"{ApiClient.Of(id)}?{query}")).Expect(200);

        Stopwatch.GetElapsedTime(start).TotalMilliseconds.ShouldBeGreaterThanOrEqualTo(leastMilliseconds - 20);
        reply.Json.Word("status").ShouldBe("running");
    }

    [Theory]
    [InlineData("min_version=1&wait=200ms")]
    [InlineData("until=active&wait=3.3s")]
    [InlineData("until=ended")]
    public async Task When_the_wait_is_over_what_is_not_known_is_not_found(string query) =>
        (await api.Client.GetAsync($"{ApiClient.Of(Report.NewId())}?{query}")).ExpectProblem(404);

    [Theory]
    [InlineData("min_version=0", "min_version")]
    [InlineData("min_version=-1", "min_version")]
    [InlineData("min_version=1.5", "min_version")]
    [InlineData("min_version=one", "min_version")]
    [InlineData("min_version=", "min_version")]
    [InlineData("min_version", "min_version")]
    [InlineData("min_version=9223372036854775808", "min_version")]
    [InlineData("min_version=1&min_version=1", "min_version")]
    [InlineData("until=done", "until")]
    [InlineData("until=ENDED", "until")]
    [InlineData("until=2", "until")]
    [InlineData("until=ended&wait=61s", "wait")]
    [InlineData("until=ended&wait=1.1m", "wait")]
    [InlineData("until=ended&wait=30", "wait")]
    [InlineData("until=ended&wait=-1s", "wait")]
    [InlineData("until=ended&wait=s", "wait")]
    [InlineData("until=ended&wait=NaNs", "wait")]
    [InlineData("until=ended&wait=1e1s", "wait")]
    [InlineData("until=ended&wait=1h", "wait")]
    [InlineData("wait=30s", "wait")]
    [InlineData("colour=red", "colour")]
    [InlineData("Until=ended", "Until")]
    [InlineData("min_version=1&wait=1s&wait=2s", "wait")]
    public async Task An_invalid_parameter_is_refused_by_name(string query, string name) =>
        (await api.Client.GetAsync($"{ApiClient.Of(Report.NewId())}?{query}")).ExpectProblem(400, name);

    /// <summary>Starts a wait; what was asked later has been answered before this returns.</summary>
    private async Task<Task<Reply>> StartWaiting(string id, string condition)
    {
        var wait = api.Client.GetAsync($"{ApiClient.Of(id)}?{condition}&wait=60s");
        await api.Client.GetAsync(ApiClient.Of(id));
        wait.IsCompleted.ShouldBeFalse();
        return wait;
    }
}

[Collection(OnSqlite.Name)]
public sealed class WaitOnSqliteTests(SqliteApi api) : WaitSuite(api);

[Collection(OnPostgres.Name)]
public sealed class WaitOnPostgresTests(PostgresApi api) : WaitSuite(api);

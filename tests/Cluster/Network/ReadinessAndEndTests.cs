using System.Net;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Cluster.Tests.Network;

/// <summary>Readiness, and the end of requests that wait, when each part runs on a host of its own.</summary>
public sealed class ReadinessAndEndTests(ITestOutputHelper output)
{
    private static readonly TimeProvider Time = TimeProvider.System;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Ready_falls_while_nothing_can_be_written_and_comes_back_by_itself()
    {
        await using var cluster = await NetworkCluster.StartAsync(silos: 1, apis: 1);
        using var requests = new Requests();
        var (silo, api) = (cluster.Silos[0], cluster.Apis[0]);
        await WriteOnly("on");

        await Requests.Until(HttpStatusCode.ServiceUnavailable, Patience, async () =>
        {
            await requests.Notify(api, "w", "running");
            return await requests.Get(silo, "/health/ready");
        });
        (await requests.Notify(api, "w", "running")).Status.ShouldBe(503);

        await WriteOnly("off");
        await Requests.Until(HttpStatusCode.OK, Patience, () => requests.Get(silo, "/health/ready"));
        await Requests.Until(HttpStatusCode.OK, Patience, () => requests.Notify(api, "w", "running"));

        async Task WriteOnly(string isReadOnly)
        {
            await cluster.Server.ExecuteAsync($"ALTER SYSTEM SET default_transaction_read_only = {isReadOnly}");
            await cluster.Server.ExecuteAsync("SELECT pg_reload_conf()");
        }
    }

    [Fact]
    public async Task Requests_that_wait_are_answered_when_an_Api_is_asked_to_end()
    {
        await using var cluster = await NetworkCluster.StartAsync(silos: 1, apis: 1);
        using var requests = new Requests();
        var api = cluster.Apis[0];
        (await requests.Notify(api, "w", "running")).Status.ShouldBe(200);
        var waiting = Enumerable.Range(0, 4).Select(_ => requests.Get(api, "/workflows/w?until=ended&wait=30s")).ToList();
        await Task.Delay(TimeSpan.FromSeconds(2), Time, TestContext.Current.CancellationToken);

        var start = Time.GetTimestamp();
        api.Member.Process.Signal(UnixSignal.Terminate);
        var answers = await Task.WhenAll(waiting);
        await api.Member.Process.WaitForExitAsync(TestContext.Current.CancellationToken);

        output.WriteLine($"Ended after {Time.GetElapsedTime(start).TotalSeconds:0.0} s: {string.Join(", ", answers.Select(static answer => answer.Status))}.");
        answers.ShouldAllBe(static answer => answer.Status == 200);
        Time.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(10));
        api.Member.Process.ExitCode.ShouldBe(0, api.Output);
    }
}

using System.Net;

namespace Orleans.Workflow.Cluster.Tests.Network;

/// <summary>
/// Something fails for a while, in a network that these tests share. After each it is whole again, without any help
/// but that processes that have ended are started again.
/// </summary>
public sealed class OutageTests(OutageTests.SharedNetwork shared, ITestOutputHelper output)
    : IClassFixture<OutageTests.SharedNetwork>,
        IAsyncDisposable
{
    private static readonly TimeProvider Time = TimeProvider.System;

    /// <summary>Many times what it takes, and much less than what is waited for.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    /// <summary>Less than the deadline of a notification, which is 10 s.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly Requests _requests = new();

    private NetworkCluster Cluster => shared.Cluster;

    private NetworkMember Api => Cluster.Apis[0];

    private IEnumerable<VirtualHost> Silos => Cluster.Silos.Select(static silo => silo.Host);

    /// <summary>Repairs the network also after a failed test.</summary>
    public async ValueTask DisposeAsync()
    {
        _requests.Dispose();
        await Cluster.Network.HealAsync();
        await Cluster.WhenWholeAsync();
    }

    [Fact]
    public async Task While_only_the_database_is_out_of_reach_states_are_shown()
    {
        var ids = await Begin("shown");

        // From all silos, then from one of them.
        await Cluster.Network.CutAsync([Cluster.DatabaseHost], Silos);
        await ShowsFor(TimeSpan.FromSeconds(6), ids);
        await Cluster.Network.HealAsync();
        await Cluster.WhenWholeAsync();

        await Cluster.Network.CutAsync([Cluster.DatabaseHost], [Cluster.Silos[0].Host]);
        await ShowsFor(TimeSpan.FromSeconds(6), ids);
        await Cluster.Network.HealAsync();
        foreach (var id in ids)
            await Requests.Until(HttpStatusCode.OK, Timeout, () => _requests.Notify(Api, id, "completed"));
    }

    /// <summary>The Api notices after 1.5 s, and calls again.</summary>
    [Fact]
    public async Task After_idle_connections_to_silos_fell_silent_a_notification_is_acknowledged_at_once()
    {
        var ids = await Begin("silent");
        await Task.Delay(TimeSpan.FromSeconds(4), Time, TestContext.Current.CancellationToken);
        (await Cluster.Network.ForgetConnectionsAsync([Api.Host], Silos)).ShouldBeGreaterThan(0);

        // At the same time, so that each has to do with a silent connection.
        var answers = await Task.WhenAll(ids.Select(id => _requests.Notify(Api, id, "completed")));
        output.WriteLine($"The slowest took {answers.Max(static answer => answer.Took).TotalSeconds:0.0} s.");
        answers.ShouldAllBe(static answer => answer.Status == 200);
    }

    [Fact]
    public async Task After_idle_connections_to_the_database_fell_silent_notifications_are_acknowledged_in_time()
    {
        var ids = await Begin("forgotten");
        await Task.Delay(TimeSpan.FromSeconds(4), Time, TestContext.Current.CancellationToken);
        var all = Cluster.Members.Select(static member => member.Host);
        (await Cluster.Network.ForgetConnectionsAsync([Cluster.DatabaseHost], all)).ShouldBeGreaterThan(0);

        var answers = await Task.WhenAll(ids.Select(id => _requests.Notify(Api, id, "completed")));
        output.WriteLine($"The slowest took {answers.Max(static answer => answer.Took).TotalSeconds:0.0} s.");
        answers.ShouldAllBe(static answer => answer.Status == 200);
    }

    [Fact]
    public async Task While_the_database_takes_no_commits_no_host_is_ready_and_notifications_are_refused_at_once()
    {
        var ids = await Begin("read-only");
        await SetReadOnly("on");
        try
        {
            foreach (var member in Cluster.Members)
                await ShouldNotBeReady(member, "the database is read-only");

            foreach (var id in ids)
            {
                var refused = await _requests.Notify(Api, id, "completed");
                refused.Status.ShouldBe(503, $"{refused}");
                refused.Took.ShouldBeLessThan(AtOnce);
                (await _requests.Get(Api, $"/workflows/{id}")).Version.ShouldBe(1);
            }
        }
        finally
        {
            await SetReadOnly("off");
        }

        foreach (var id in ids)
            await Requests.Until(HttpStatusCode.OK, Timeout, () => _requests.Notify(Api, id, "completed"));

        async Task SetReadOnly(string value)
        {
            await Cluster.Server.ExecuteAsync($"ALTER SYSTEM SET default_transaction_read_only = {value}");
            await Cluster.Server.ExecuteAsync("SELECT pg_reload_conf()");
        }
    }

    [Fact]
    public async Task An_Api_and_a_silo_that_are_asked_to_stop_let_no_caller_wait_and_end()
    {
        var (api, silo) = (Cluster.Apis[1], Cluster.Silos[0]);
        var waits = Waits(api);
        var others = Waits(Api);
        await Task.Delay(TimeSpan.FromSeconds(1), Time, TestContext.Current.CancellationToken);
        waits.Concat(others).ShouldAllBe(static wait => !wait.IsCompleted);

        var start = Time.GetTimestamp();
        var stopping = Stop(api);
        var answers = await Task.WhenAll(waits).WaitAsync(Soon, Time, TestContext.Current.CancellationToken);
        output.WriteLine($"All were answered {Time.GetElapsedTime(start).TotalSeconds:0.0} s after SIGTERM.");
        answers.ShouldAllBe(static answer => answer.Status == 404);
        await stopping;

        // Requests through an Api that stays keep waiting, at the other silo.
        await Stop(silo);
        others.ShouldAllBe(static wait => !wait.IsCompleted);
    }

    private async Task ShouldNotBeReady(NetworkMember member, string reason)
    {
        var start = Time.GetTimestamp();
        while (
            await _requests.Get(member, "/health/ready") is var ready
            && !(ready.Status == 503 && ready.Text.Contains(reason, StringComparison.Ordinal))
        )
        {
            Time.GetElapsedTime(start).ShouldBeLessThan(Timeout, $"{ready}");
            await Task.Delay(TimeSpan.FromMilliseconds(200), Time, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits for the end of unknown workflows: with this number, each silo has some of them.</summary>
    private List<Task<Requests.Answer>> Waits(NetworkMember api) =>
        [.. Enumerable.Range(0, 16).Select(i => _requests.Get(api, $"/workflows/nobody-{i}?until=ended&wait=60s"))];

    private async Task Stop(NetworkMember member)
    {
        var start = Time.GetTimestamp();
        (await member.Member.Process.StopAsync(Soon)).ShouldBeTrue(member.Output);
        var took = Time.GetElapsedTime(start);
        output.WriteLine($"{member.Member.Process.Name} ended {took.TotalSeconds:0.0} s after SIGTERM.");
        member.Member.Process.ExitCode.ShouldBe(0, member.Output);
    }

    /// <summary>Sends notifications of some workflows: with this number, each silo has some of them.</summary>
    private async Task<List<string>> Begin(string name)
    {
        var ids = Enumerable.Range(0, 8).Select(i => $"{name}{i}").ToList();
        foreach (var id in ids)
            await Requests.Until(HttpStatusCode.OK, Timeout, () => _requests.Notify(Api, id, "running"));

        return ids;
    }

    /// <summary>Reads states again and again; each must be shown.</summary>
    private async Task ShowsFor(TimeSpan duration, IEnumerable<string> ids)
    {
        var start = Time.GetTimestamp();
        while (Time.GetElapsedTime(start) < duration)
        {
            foreach (var id in ids)
            {
                var read = await _requests.Get(Api, $"/workflows/{id}");
                read.Status.ShouldBe(200, $"{id} after {Time.GetElapsedTime(start).TotalSeconds:0.0} s: {read}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), Time, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Two silos and two Apis.</summary>
    public sealed class SharedNetwork : IAsyncLifetime
    {
        private NetworkCluster? _cluster;

        internal NetworkCluster Cluster => _cluster ?? throw new InvalidOperationException("It has not started.");

        public async ValueTask InitializeAsync() => _cluster = await NetworkCluster.StartAsync(silos: 2, apis: 2);

        public ValueTask DisposeAsync() => _cluster?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}

using System.Net;
using Orleans.Workflow.Cluster.Tests.Topologies;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Cluster.Tests.Faults;

/// <summary>A host that says it is ready is ready. A host that is not ready says so, and says that it lives.</summary>
public sealed class ReadinessTests(ITestOutputHelper output) : IDisposable
{
    private static readonly TimeProvider Time = TimeProvider.System;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero })
    {
        Timeout = TimeSpan.FromSeconds(10),
    };

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task It_follows_the_database_and_the_silos()
    {
        await using var cluster = await ProcessCluster.StartAsync(silos: 1, apis: 1);
        var (silo, api) = (cluster.Silos.Single(), cluster.Apis.Single());

        await cluster.Server.StopAsync();
        await Until(silo, HttpStatusCode.ServiceUnavailable, "the silo has no database");
        await Until(api, HttpStatusCode.ServiceUnavailable, "the Api has no database");
        await cluster.Server.StartAsync();
        await Until(silo, HttpStatusCode.OK, "the silo has its database back");
        await Until(api, HttpStatusCode.OK, "the Api has its database back");

        silo.Process.Signal(UnixSignal.Stop);
        await Until(api, HttpStatusCode.ServiceUnavailable, "the only silo stands still");
        silo.Process.Signal(UnixSignal.Continue);
        await Until(api, HttpStatusCode.OK, "the silo continues");

        silo.Process.Kill();
        await Until(api, HttpStatusCode.ServiceUnavailable, "the only silo is dead");
        await silo.StartAgainAsync();
        await Until(api, HttpStatusCode.OK, "the silo was started again");
    }

    [Fact]
    public async Task An_Api_says_why_its_silos_cannot_commit_until_they_can()
    {
        await using var cluster = await ProcessCluster.StartAsync(silos: 1, apis: 1);
        var (silo, api) = (cluster.Silos.Single(), cluster.Apis.Single());

        await SetReadOnly(cluster, "on");
        await UntilSays(silo, "commits: Commits fail: the database is read-only (SQLSTATE 25006).");
        await UntilSays(api, "cluster: The commits of the silos fail: the database is read-only (SQLSTATE 25006).");
        await Until(api, HttpStatusCode.ServiceUnavailable, "its silo can't write");

        await SetReadOnly(cluster, "off");
        await Until(silo, HttpStatusCode.OK, "the silo can write");
        await Until(api, HttpStatusCode.OK, "its Api can too");
    }

    /// <summary>Sessions that are open follow at once.</summary>
    private static async Task SetReadOnly(ProcessCluster cluster, string value)
    {
        await cluster.Server.ExecuteAsync($"ALTER SYSTEM SET default_transaction_read_only = {value}");
        await cluster.Server.ExecuteAsync("SELECT pg_reload_conf()");
    }

    private async Task UntilSays(Member member, string reason)
    {
        var (start, cancellation) = (Time.GetTimestamp(), TestContext.Current.CancellationToken);
        while (true)
        {
            using var answer = await _http.GetAsync(new Uri(member.Address, "/health/ready"), cancellation);
            var text = await answer.Content.ReadAsStringAsync(cancellation);
            if (text.Contains(reason, StringComparison.Ordinal))
                return;

            Time.GetElapsedTime(start).ShouldBeLessThan(Timeout, $"{text}:\n{member.Process.Output}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), Time, cancellation);
        }
    }

    private async Task Until(Member member, HttpStatusCode readiness, string what)
    {
        var start = Time.GetTimestamp();
        while (await Ask(member, "/health/ready") != readiness)
        {
            Time.GetElapsedTime(start).ShouldBeLessThan(Timeout, $"{what}:\n{member.Process.Output}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), Time, TestContext.Current.CancellationToken);
        }

        output.WriteLine($"{what}: {readiness} after {Time.GetElapsedTime(start).TotalSeconds:0.0} s");
        (await Ask(member, "/health/live")).ShouldBe(HttpStatusCode.OK);
    }

    private async Task<HttpStatusCode> Ask(Member member, string path)
    {
        using var answer = await _http.GetAsync(new Uri(member.Address, path), TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}

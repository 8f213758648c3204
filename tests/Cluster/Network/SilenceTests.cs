namespace Orleans.Workflow.Cluster.Tests.Network;

/// <summary>
/// Connections that were idle fall silent: something on the way has forgotten them, and drops their packets.
/// </summary>
public sealed class SilenceTests(ITestOutputHelper output)
{
    private static readonly TimeProvider Time = TimeProvider.System;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Between an Api and a silo the Api notices it after 1.5 s and calls again; between silos it calls again when the
    /// response timeout of 5 s is over. The rest is for a machine under load.
    /// </summary>
    [Theory]
    [InlineData("gateways", 4)]
    [InlineData("silos", 9)]
    public async Task After_idle_connections_fell_silent_a_notification_is_acknowledged_soon(string between, int seconds)
    {
        await using var cluster = await NetworkCluster.StartAsync(silos: 2, apis: 1);
        using var requests = new Requests();
        var api = cluster.Apis[0];
        var ids = Enumerable.Range(0, 8).Select(static i => $"w{i}").ToList();
        foreach (var id in ids)
            (await requests.Notify(api, id, "running")).Status.ShouldBe(200);

        await Task.Delay(Idle, Time, TestContext.Current.CancellationToken);
        var silos = cluster.Silos.Select(static silo => silo.Host).ToList();
        var forgotten = between switch
        {
            "database" => await cluster.Network.ForgetConnectionsAsync([cluster.DatabaseHost], silos),
            "silos" => await cluster.Network.ForgetConnectionsAsync(silos, silos),
            _ => await cluster.Network.ForgetConnectionsAsync([api.Host], silos),
        };
        forgotten.ShouldBeGreaterThan(0);

        // At the same time, so that each has to do with a silent connection.
        var answers = await Task.WhenAll(ids.Select(id => requests.Notify(api, id, "completed")));
        output.WriteLine($"{forgotten} connections; {string.Join(", ", answers.Select(static answer => $"{answer.Status} in {answer.Took.TotalSeconds:0.0} s"))}");
        answers.ShouldAllBe(static answer => answer.Status == 200);
        answers.ShouldAllBe(answer => answer.Took < TimeSpan.FromSeconds(seconds));
    }
}

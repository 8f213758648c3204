using System.Net;

namespace Orleans.Workflow.Cluster.Tests.Network;

/// <summary>Everything is gone at once, and comes back under other addresses.</summary>
public sealed class PowerLossTests(ITestOutputHelper output)
{
    private static readonly TimeProvider Time = TimeProvider.System;

    /// <summary>
    /// How much longer it may take beside rows of silos that are gone than without them: the machine's speed is in
    /// both.
    /// </summary>
    private static readonly TimeSpan AtMostLonger = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task After_a_power_loss_silos_under_other_addresses_soon_work()
    {
        await using var cluster = await NetworkCluster.StartAsync();
        using var requests = new Requests();
        var fresh = await FirstAnswer(cluster, requests);

        await cluster.LosePowerAsync(cluster.Members);
        await cluster.Server.RestartImmediateAsync();
        var again = await FirstAnswer(cluster, requests);
        output.WriteLine(
            $"The first 200: {fresh.TotalSeconds:0.0} s after a start, {again.TotalSeconds:0.0} s after the power loss."
        );
        again.ShouldBeLessThan(fresh + AtMostLonger);
        (await cluster.ActiveSilosAsync()).ShouldBe(
            cluster.Silos.Select(static silo => silo.Host.Address.ToString()),
            ignoreOrder: true
        );
    }

    /// <summary>Starts two silos and an Api at once.</summary>
    /// <returns>When the first notification is acknowledged.</returns>
    private static async Task<TimeSpan> FirstAnswer(NetworkCluster cluster, Requests requests)
    {
        var start = Time.GetTimestamp();
        await cluster.StartSiloAsync();
        await cluster.StartSiloAsync();
        var api = await cluster.StartApiAsync();
        await Requests.Until(HttpStatusCode.OK, TimeSpan.FromSeconds(120), () => requests.Notify(api, "w", "running"));
        var took = Time.GetElapsedTime(start);
        await cluster.WhenReadyAsync();
        return took;
    }

    [Fact]
    public async Task A_silo_that_joins_declares_none_dead_that_is_only_frozen_or_cut_off_from_it()
    {
        await using var cluster = await NetworkCluster.StartAsync(silos: 2, apis: 0);
        var (first, second) = (cluster.Silos[0], cluster.Silos[1]);

        // The newcomer does not reach the first, which is well otherwise.
        var host = await cluster.Network.AddHostAsync("newcomer");
        await cluster.Network.CutAsync([first.Host], [host]);
        var newcomer = cluster.StartEmbedded(host);
        await Task.Delay(TimeSpan.FromSeconds(15), Time, TestContext.Current.CancellationToken);

        first.Member.Process.HasExited.ShouldBeFalse(first.Output);
        second.Member.Process.HasExited.ShouldBeFalse(second.Output);
        (await cluster.ActiveSilosAsync()).ShouldContain(first.Host.Address.ToString());
        await cluster.Network.HealAsync();
        await newcomer.Member.WhenReadyAsync();
    }
}

namespace Orleans.Workflow.Cluster.Tests.Network;

/// <summary>Everything is gone at once, and comes back under other addresses.</summary>
public sealed class PowerLossTests(ITestOutputHelper output)
{
    private static readonly TimeProvider Time = TimeProvider.System;

    /// <summary>
    /// How much longer a start may take beside rows of silos that are gone than without them: the machine's speed is in
    /// both.
    /// </summary>
    private static readonly TimeSpan AtMostLonger = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task After_a_power_loss_silos_under_other_addresses_soon_work()
    {
        await using var cluster = await NetworkCluster.StartAsync(silos: 2, apis: 0);
        using var requests = new Requests();

        // Beside the two that run: what a start takes on this machine.
        var start = Time.GetTimestamp();
        var third = await cluster.StartSiloAsync();
        await third.Member.WhenReadyAsync();
        var joining = Time.GetElapsedTime(start);

        await cluster.KillAllAsync();
        await cluster.Server.RestartImmediateAsync();
        start = Time.GetTimestamp();
        await (await cluster.StartSiloAsync()).Member.WhenReadyAsync();
        var again = Time.GetElapsedTime(start);
        output.WriteLine($"Joining took {joining.TotalSeconds:0.0} s, {again.TotalSeconds:0.0} s after the power loss.");
        again.ShouldBeLessThan(joining + AtMostLonger);

        await (await cluster.StartApiAsync()).Member.WhenReadyAsync();
        (await requests.Notify(cluster.Apis[0], "w", "running")).Status.ShouldBe(200);
        (await cluster.ActiveSilosAsync()).ShouldBe(cluster.Silos.Select(static silo => silo.Host.Address.ToString()));
    }

    [Fact]
    public async Task A_silo_that_joins_takes_none_for_dead_that_only_stands_still_or_is_cut_off_from_it()
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

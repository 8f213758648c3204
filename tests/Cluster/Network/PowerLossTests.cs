using System.Net;

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
        await using var cluster = await NetworkCluster.StartAsync();
        using var requests = new Requests();
        var first = await Start("before");
        await cluster.KillAllAsync();
        await cluster.Server.RestartImmediateAsync();
        var again = await Start("after");

        output.WriteLine($"The first 200: {first.TotalSeconds:0.0} s after the first start, {again.TotalSeconds:0.0} s after the power loss.");
        again.ShouldBeLessThan(first + AtMostLonger);
        (await requests.Get(cluster.Apis[0], "/workflows/before")).Version.ShouldBe(1);

        async Task<TimeSpan> Start(string workflowId)
        {
            var start = Time.GetTimestamp();
            for (var i = 0; i < 3; i++)
                await cluster.StartSiloAsync();

            if (cluster.Apis.Count == 0)
                await cluster.StartApiAsync();
            else
                await cluster.Apis[0].Member.StartAgainAsync();

            await Requests.Until(HttpStatusCode.OK, TimeSpan.FromMinutes(2), () => requests.Notify(cluster.Apis[0], workflowId, "running"));
            return Time.GetElapsedTime(start);
        }
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

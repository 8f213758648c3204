using System.Net;

namespace Orleans.Workflow.Cluster.Tests.Network;

/// <summary>Under which address a silo is reached by the others, and what happens if it is not.</summary>
public sealed class AddressTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Two_Apis_with_silos_of_their_own_on_two_hosts_form_a_cluster_without_any_setting()
    {
        await using var cluster = await NetworkCluster.StartAsync();
        using var requests = new Requests();
        await cluster.StartEmbeddedAsync();
        await cluster.StartEmbeddedAsync();
        await cluster.WhenReadyAsync();

        (await cluster.ActiveSilosAsync()).ShouldBe(
            cluster.Apis.Select(static api => api.Host.Address.ToString()),
            ignoreOrder: true
        );

        // The workflow may live on either host: each host takes a notification that the other then shows.
        for (var i = 0; i < 8; i++)
        {
            (await requests.Notify(cluster.Apis[i % 2], $"w{i}", "running")).Status.ShouldBe(200);
            (await requests.Get(cluster.Apis[1 - (i % 2)], $"/workflows/w{i}")).Version.ShouldBe(1);
        }
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task A_loopback_address_is_refused_if_the_database_is_on_another_host(string address)
    {
        await using var cluster = await NetworkCluster.StartAsync();
        var api = await cluster.StartEmbeddedAsync($"--Cluster:AdvertisedAddress={address}");

        await api.EndsAsync(Timeout);

        api.Member.Process.ExitCode.ShouldBe(1, api.Output);
        api.Output.ShouldContain("Cluster:AdvertisedAddress");
        api.Output.ShouldNotContain("   at ");
        (await cluster.ActiveSilosAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_loopback_address_is_refused_beside_a_silo_of_another_host()
    {
        await using var cluster = await NetworkCluster.StartAsync();
        await cluster.StartEmbeddedAsync();
        await cluster.WhenReadyAsync();

        // On the database's own host, where the database is no reason to refuse it.
        var second = cluster.StartEmbedded(
            cluster.DatabaseHost,
            "--Cluster:AdvertisedAddress=127.0.0.1",
            $"--ConnectionStrings:Workflows={NetworkCluster.ConnectionTo("127.0.0.1")}"
        );
        await second.EndsAsync(Timeout);

        second.Member.Process.ExitCode.ShouldBe(1, second.Output);
        second.Output.ShouldContain("Cluster:AdvertisedAddress");
        second.Output.ShouldContain(cluster.Apis[0].Host.Address.ToString());
        (await cluster.ActiveSilosAsync()).ShouldBe([cluster.Apis[0].Host.Address.ToString()]);
    }

    [Fact]
    public async Task Names_that_have_only_an_IPv6_address_form_a_cluster()
    {
        await using var cluster = await NetworkCluster.StartAsync();
        using var requests = new Requests();
        foreach (var name in (string[])["six1", "six2"])
        {
            var number = cluster.DatabaseHost.Number + cluster.Apis.Count + 1;
            var host = await cluster.Network.AddHostAsync(
                name,
                (IPAddress.Parse($"fd00:213::{number:x}"), $"{name}.example")
            );
            host.Number.ShouldBe(number);
            var connection = NetworkCluster.ConnectionTo(cluster.DatabaseHost.AddressV6.ToString());
            cluster.StartEmbedded(
                host,
                $"--Cluster:AdvertisedAddress={name}.example",
                $"--ConnectionStrings:Workflows={connection}"
            );
        }

        await cluster.WhenReadyAsync();

        (await cluster.ActiveSilosAsync())
            .Select(IPAddress.Parse)
            .ShouldBe(cluster.Apis.Select(static api => api.Host.AddressV6), ignoreOrder: true);
        (await requests.Notify(cluster.Apis[0], "w", "running")).Status.ShouldBe(200);
        (await requests.Get(cluster.Apis[1], "/workflows/w")).Version.ShouldBe(1);
    }

    [Fact]
    public async Task Silos_behind_translated_addresses_form_a_cluster_with_an_address_of_their_own_to_listen_on()
    {
        await using var cluster = await NetworkCluster.StartAsync();
        using var requests = new Requests();
        var hosts = new[]
        {
            await cluster.Network.AddHostAsync("inside1"),
            await cluster.Network.AddHostAsync("inside2"),
        };
        foreach (var (host, other) in hosts.Zip(hosts.Reverse()))
        {
            var rule = $"type nat hook prerouting priority -100; ip daddr {Outer(host)} dnat to {host.Address};";
            await VirtualNetwork.On(host, "nft", $"table ip translation {{ chain incoming {{ {rule} }}; }}");
            await VirtualNetwork.On(host, "ip", "route", "add", Outer(other), "via", other.Address.ToString());
            cluster.StartEmbedded(
                host,
                $"--Cluster:AdvertisedAddress={Outer(host)}",
                $"--Cluster:ListenAddress={host.Address}"
            );
        }

        await cluster.WhenReadyAsync();

        (await cluster.ActiveSilosAsync()).ShouldBe(hosts.Select(Outer), ignoreOrder: true);
        (await requests.Notify(cluster.Apis[0], "w", "running")).Status.ShouldBe(200);
        (await requests.Get(cluster.Apis[1], "/workflows/w")).Version.ShouldBe(1);

        static string Outer(VirtualHost host) => $"10.214.0.{host.Number}";
    }

    [Fact]
    public async Task An_advertised_address_of_another_machine_is_refused_with_the_setting_that_is_missing()
    {
        await using var cluster = await NetworkCluster.StartAsync();
        var api = await cluster.StartEmbeddedAsync("--Cluster:AdvertisedAddress=10.214.0.77");

        await api.EndsAsync(Timeout);

        api.Member.Process.ExitCode.ShouldBe(1, api.Output);
        api.Output.ShouldContain("Cluster:AdvertisedAddress");
        api.Output.ShouldContain("Cluster:ListenAddress");
        api.Output.ShouldNotContain("   at ");
    }
}

using Orleans.Workflow.Storage.Tests.Hosting;
using Orleans.Workflow.Storage.Tests.Schema;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Storage.Tests.Start;

/// <summary>
/// A process that is started beside one that has its ports harms nothing, and says which setting is at fault.
/// </summary>
public sealed class SecondStartTests(PostgresDatabases databases, SqliteDatabases files)
{
    [Theory]
    [InlineData("Silo", true)]
    [InlineData("Silo", false)]
    [InlineData("Api", true)]
    public async Task A_second_silo_on_the_same_ports_does_not_join_the_cluster(string host, bool sameUrl)
    {
        var settings = await databases.CreateAsync();
        await using var database = new MigratedDatabase(settings);
        await database.Schema.Migrate(CancellationToken.None);
        var ports = FreePort.Next(4);
        string[] arguments =
        [
            .. HostRun.On(settings),
            $"--Cluster:SiloPort={ports[1]}",
            $"--Cluster:GatewayPort={ports[2]}",
            .. host == "Api" ? HostRun.Anonymous : [],
        ];
        await using var first = HostRun.Start(host, [.. arguments, $"--urls=http://127.0.0.1:{ports[0]}"]);
        var ready = new Uri($"http://127.0.0.1:{ports[0]}/health/ready");
        await first.WaitUntilReadyAsync(ready, Deadline.Timeout, TestContext.Current.CancellationToken);

        var second = await HostRun.ToEnd(host, [.. arguments, $"--urls=http://127.0.0.1:{ports[sameUrl ? 0 : 3]}"]);

        second.ExitCode.ShouldBe(1, second.Output);
        second.Output.ShouldContain($"Cluster:SiloPort is {ports[1]}: port {ports[1]} is in use");
        second.Output.ShouldContain($"Cluster:GatewayPort is {ports[2]}: port {ports[2]} is in use");
        if (sameUrl)
            second.Output.ShouldContain($"urls is 'http://127.0.0.1:{ports[0]}': port {ports[0]} is in use");

        (await database.Lines("SELECT format('%s %s', generation, status) FROM orleansmembershiptable"))
            .ShouldHaveSingleItem()
            .ShouldEndWith(" 3");
        first.HasExited.ShouldBeFalse();
        await first.WaitUntilReadyAsync(ready, Deadline.Timeout, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("http://127.0.0.1:70000")]
    [InlineData("127.0.0.1:8080")]
    [InlineData("http://192.0.2.1:18080")]
    public async Task A_URL_that_nothing_can_listen_on_is_an_error_of_the_setting(string url)
    {
        var settings = await files.CreateAsync();

        var end = await HostRun.ToEnd("Api", [.. HostRun.On(settings), .. HostRun.Anonymous, $"--urls={url}"]);

        end.ExitCode.ShouldBe(1, end.Output);
        end.Output.ShouldContain($"urls is '{url}'");
        end.Output.ShouldNotContain("   at ");
    }
}

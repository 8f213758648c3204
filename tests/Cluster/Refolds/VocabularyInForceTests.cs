using Orleans.Workflow.Testing.Postgres;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Cluster.Tests.Refolds;

/// <summary>The steps of an operator that changes the meaning of a word.</summary>
public sealed class VocabularyInForceTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task A_silo_with_another_vocabulary_does_not_start_until_it_is_put_in_force()
    {
        await using var server = await PostgresServer.StartNewAsync();
        var connection = await server.CreateDatabaseAsync($"vocabulary_{Environment.ProcessId}");
        string[] storage = ["--Storage:Provider=Postgres", $"--ConnectionStrings:Workflows={connection}"];
        const string Word = "--Vocabulary:Words:on hold=scheduled";
        await Command.RunAsync("dotnet", [WorkingCopy.Silo, "migrate", .. storage]);
        await using var first = await Start(storage);

        await using (var refused = Launch([.. storage, Word], out _))
        {
            await refused
                .WaitForExitAsync(TestContext.Current.CancellationToken)
                .WaitAsync(Timeout, TimeProvider.System, TestContext.Current.CancellationToken);
            refused.ExitCode.ShouldBe(1, refused.Output.ToString());
            refused.Output.ToString().ShouldContain("'on hold' is not listed in force and scheduled here");
            refused.Output.ToString().ShouldContain("adopt-vocabulary");
        }

        (await Command.RunAsync("dotnet", [WorkingCopy.Silo, "adopt-vocabulary", .. storage, Word])).ShouldContain(
            "is in force now"
        );
        await using var second = await Start([.. storage, Word]);
        await using var last = Launch(storage, out _);
        await last.WaitForExitAsync(TestContext.Current.CancellationToken)
            .WaitAsync(Timeout, TimeProvider.System, TestContext.Current.CancellationToken);
        last.Output.ToString().ShouldContain("'on hold' is scheduled in force and not listed here");

        // The one that still runs with the old words says so.
        var start = TimeProvider.System.GetTimestamp();
        while (
            !first.Output.ToString().Contains("restart it with the same section Vocabulary", StringComparison.Ordinal)
        )
        {
            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(Timeout, first.Output.ToString());
            await Task.Delay(
                TimeSpan.FromMilliseconds(100),
                TimeProvider.System,
                TestContext.Current.CancellationToken
            );
        }
    }

    private static async Task<ServiceProcess> Start(string[] settings)
    {
        var silo = Launch(settings, out var address);
        await silo.WaitUntilReadyAsync(new Uri(address, "/health/ready"), Timeout);
        return silo;
    }

    private static ServiceProcess Launch(string[] settings, out Uri address)
    {
        var ports = FreePort.Next(3);
        address = new Uri($"http://127.0.0.1:{ports[2]}");
        return ServiceProcess.Start(
            WorkingCopy.Silo,
            [.. settings, $"--urls={address}", $"--Cluster:SiloPort={ports[0]}", $"--Cluster:GatewayPort={ports[1]}"],
            [new("ASPNETCORE_ENVIRONMENT", "Production"), new("DOTNET_ENVIRONMENT", "Production")]
        );
    }
}

using Orleans.Workflow.Testing.Postgres;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Cluster.Tests.Topologies;

/// <summary>One Api process with a silo of its own, as <c>dotnet run --project src/Api</c> starts it.</summary>
internal sealed class SingleApi : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("owf-api-").FullName;
    private ServiceProcess? _process;

    public Uri Address { get; } = new($"http://127.0.0.1:{FreePort.Next()}");

    /// <summary>The memory that the process holds at the moment.</summary>
    public long ResidentBytes
    {
        get
        {
            using var process = System.Diagnostics.Process.GetProcessById(_process!.Id);
            return process.WorkingSet64;
        }
    }

    public static Task<SingleApi> StartOnSqliteAsync()
    {
        var api = new SingleApi();
        return api.StartAsync("Sqlite", $"Data Source={api._directory}/workflows.db");
    }

    public static async Task<SingleApi> StartOnPostgresAsync(PostgresServer server) =>
        await new SingleApi().StartAsync("Postgres", await server.CreateDatabaseAsync("single_api"));

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.StopAsync(TimeSpan.FromSeconds(30));
            await _process.DisposeAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }

    private async Task<SingleApi> StartAsync(string provider, string connection)
    {
        var ports = FreePort.Next(2);
        _process = ServiceProcess.Start(
            WorkingCopy.Api,
            [
                $"--urls={Address}", $"--Storage:Provider={provider}", $"--ConnectionStrings:Workflows={connection}",
                $"--Cluster:SiloPort={ports[0]}", $"--Cluster:GatewayPort={ports[1]}",
                .. ((string[])["airudder", "account-0", "account-1", "account-2"]).Select(static source => $"--Sources:{source}:AllowAnonymous=true"),
            ],
            [new("ASPNETCORE_ENVIRONMENT", "Development")]);
        await _process.WaitUntilReadyAsync(new Uri(Address, "/health/ready"), TimeSpan.FromSeconds(60));
        return this;
    }
}

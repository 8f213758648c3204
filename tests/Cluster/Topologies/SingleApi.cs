using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using Orleans.Workflow.Testing.Postgres;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Cluster.Tests.Topologies;

/// <summary>One Api process with a silo of its own, as <c>dotnet run --project src/Api</c> starts it.</summary>
internal sealed class SingleApi : IAsyncDisposable
{
    private readonly string _directory = DatabaseFolder.Create("owf-api-");
    private string[] _arguments = [];
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

    public static Task<SingleApi> StartOnSqliteAsync(params IEnumerable<string> settings)
    {
        var api = new SingleApi();
        return api.StartAsync("Sqlite", $"Data Source={api._directory}/workflows.db", settings);
    }

    public static async Task<SingleApi> StartOnPostgresAsync(
        PostgresServer server,
        params IEnumerable<string> settings
    ) => await new SingleApi().StartAsync("Postgres", await server.CreateDatabaseAsync("single_api"), settings);

    /// <summary>What the process wrote.</summary>
    public string Output => _process!.Output.ToString();

    /// <summary>Ends the process as a crash would, and starts it again on the same database.</summary>
    public async Task CrashAndRestartAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        await _process.DisposeAsync();
        await StartAsync();
    }

    /// <summary>Runs the command <c>audit</c> beside the process.</summary>
    public Task<AuditRun> AuditAsync() => AuditRun.Of(Storage);

    /// <summary>Starts the command <c>rebuild</c> beside the process.</summary>
    public ServiceProcess StartRebuild() =>
        ServiceProcess.Start(WorkingCopy.Silo, ["rebuild", .. Storage], output: new BoundedOutput(capacity: 200_000));

    /// <summary>Runs a statement on the database, behind the product.</summary>
    public async Task ExecuteAsync(string sql)
    {
        var text = Setting("--ConnectionStrings:Workflows=");
        await using DbConnection connection =
            Setting("--Storage:Provider=") == "Postgres"
                ? new NpgsqlConnection(text)
                : new SqliteConnection($"{text};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();

        string Setting(string name) => _arguments.Single(argument => argument.StartsWith(name))[name.Length..];
    }

    private IEnumerable<string> Storage =>
        _arguments.Where(static argument =>
            argument.StartsWith("--Storage:") || argument.StartsWith("--ConnectionStrings:")
        );

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.StopAsync(TimeSpan.FromSeconds(30));
            await _process.DisposeAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }

    private async Task<SingleApi> StartAsync(string provider, string connection, IEnumerable<string> settings)
    {
        var ports = FreePort.Next(2);
        _arguments =
        [
            $"--urls={Address}",
            $"--Storage:Provider={provider}",
            $"--ConnectionStrings:Workflows={connection}",
            $"--Cluster:SiloPort={ports[0]}",
            $"--Cluster:GatewayPort={ports[1]}",
            .. ((string[])["airudder", "account-0", "account-1", "account-2"]).Select(static source =>
                $"--Sources:{source}:AllowAnonymous=true"
            ),
            .. settings,
        ];
        await StartAsync();
        return this;
    }

    private async Task StartAsync()
    {
        _process = ServiceProcess.Start(WorkingCopy.Api, _arguments, [new("ASPNETCORE_ENVIRONMENT", "Development")]);
        await _process.WaitUntilReadyAsync(new Uri(Address, "/health/ready"), TimeSpan.FromSeconds(60));
    }
}

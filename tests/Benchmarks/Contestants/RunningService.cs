using Orleans.Workflow.Benchmarks.Measuring;
using Orleans.Workflow.Testing.Postgres;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Benchmarks.Contestants;

/// <summary>A contestant that runs, on a database of its own.</summary>
internal sealed class RunningService : IAsyncDisposable
{
    private readonly Func<string, ServiceProcess> _start;
    private readonly string? _directory;
    private readonly PostgresServer? _server;
    private ServiceProcess _process;

    private RunningService(
        Contestant contestant, Func<string, ServiceProcess> start, Uri address, PostgresServer? server, string? directory, string? database)
    {
        // In development it prepares its database by itself.
        (Contestant, _start, _process, Address, _server, _directory, Database) =
            (contestant, start, start("Development"), address, server, directory, database);
    }

    public Contestant Contestant { get; }

    public Uri Address { get; }

    /// <summary>The name of its database; null for SQLite.</summary>
    public string? Database { get; }

    public int ProcessId => _process.Id;

    /// <summary>What it wrote.</summary>
    public string Output => _process.Output.ToString();

    public static async Task<RunningService> StartAsync(
        Contestant contestant, PostgresServer server, IEnumerable<KeyValuePair<string, string?>>? environment = null)
    {
        var ports = FreePort.Next(3);
        var address = new Uri($"http://127.0.0.1:{ports[0]}");
        var database = contestant.UsesSqlite ? null : $"bench_{ports[0]}";
        // On the disk, not on a memory file system: durability is part of what is measured.
        var directory = contestant.UsesSqlite ? Directory.CreateDirectory(Path.Combine(Repository.Artifacts, $"sqlite-{ports[0]}")).FullName : null;
        var connection = database is null ? $"Data Source={directory}/workflows.db" : await server.CreateDatabaseAsync(database);
        var service = new RunningService(contestant, Start, address, contestant.UsesSqlite ? null : server, directory, database);
        try
        {
            // What is measured runs as in production.
            await service.WaitUntilReadyAsync();
            await service.RestartAsync();
            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }

        ServiceProcess Start(string kind) => ServiceProcess.Start(
            contestant.Assembly,
            [
                $"--urls={address}", $"--ConnectionStrings:Workflows={connection}",
                $"--Cluster:SiloPort={ports[1]}", $"--Cluster:GatewayPort={ports[2]}",
                "--Logging:LogLevel:Default=Warning", .. contestant.Arguments,
            ],
            [new("ASPNETCORE_ENVIRONMENT", kind), new("DOTNET_ENVIRONMENT", kind), .. environment ?? []]);
    }

    /// <summary>Stops the process and starts it anew on the same database: what is stored is no longer in its memory.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        _process = _start("Production");
        await WaitUntilReadyAsync();
    }

    /// <summary>The processor time spent so far by the service and, if it is ours, by its database server.</summary>
    public (TimeSpan Service, TimeSpan Database) Processor() =>
        (ProcessorTime.Of(_process.Id), _server?.Pid is { } postmaster ? ProcessorTime.OfTree(postmaster) : TimeSpan.Zero);

    /// <summary>
    /// Does what autovacuum does within a minute or so: a plan made while a table was empty (in a stored function above all) may
    /// stay a sequential scan until the table is analysed, and would be charged to whoever plans once.
    /// </summary>
    public Task SettleAsync() => _server is null ? Task.CompletedTask : _server.ExecuteAsync("VACUUM (ANALYZE)", Database);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_directory is not null)
            Directory.Delete(_directory, recursive: true);
    }

    private async Task StopAsync()
    {
        await _process.StopAsync(TimeSpan.FromSeconds(20));
        await _process.DisposeAsync();
    }

    private Task WaitUntilReadyAsync() => _process.WaitUntilReadyAsync(new Uri(Address, "/health/ready"), TimeSpan.FromSeconds(60));
}

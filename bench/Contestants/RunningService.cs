using Orleans.Workflow.Benchmarks.Measuring;
using Orleans.Workflow.Testing.Postgres;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Benchmarks.Contestants;

/// <summary>A contestant that runs, on a database of its own.</summary>
internal sealed class RunningService : IAsyncDisposable
{
    private static readonly TimeSpan TimeToStart = TimeSpan.FromSeconds(60);

    /// <summary>Its programs, in the order in which they are started; the last one takes requests.</summary>
    private readonly IReadOnlyList<Program> _programs;

    private readonly List<ServiceProcess> _processes = [];
    private readonly string? _directory;
    private readonly PostgresServer? _server;

    private RunningService(
        Contestant contestant,
        IReadOnlyList<Program> programs,
        PostgresServer? server,
        string? directory,
        string? database
    ) => (Contestant, _programs, _server, _directory, Database) = (contestant, programs, server, directory, database);

    public Contestant Contestant { get; }

    public Uri Address => _programs[^1].Address;

    /// <summary>The name of its database; null for SQLite.</summary>
    public string? Database { get; }

    /// <summary>Resident memory of its processes, in bytes.</summary>
    public long ResidentBytes => _processes.Sum(static process => ProcessorTime.ResidentBytes(process.Id));

    /// <summary>What it wrote.</summary>
    public string Output => string.Concat(_processes.Select(static process => process.Output));

    public static async Task<RunningService> StartAsync(
        Contestant contestant,
        PostgresServer server,
        IEnumerable<KeyValuePair<string, string?>>? environment = null
    )
    {
        var port = FreePort.Next();
        var database = contestant.UsesSqlite ? null : $"bench_{port}";
        // On the disk, not on a memory file system: durability is part of what is measured.
        var directory = contestant.UsesSqlite
            ? Directory.CreateDirectory(Path.Combine(Repository.Artifacts, $"sqlite-{port}")).FullName
            : null;
        var connection = database is null
            ? $"Data Source={directory}/workflows.db"
            : await server.CreateDatabaseAsync(database);
        string[] arguments =
        [
            $"--ConnectionStrings:Workflows={connection}",
            "--Logging:LogLevel:Default=Warning",
            $"--Cluster:Mode={(contestant.Silos == 0 ? "Embedded" : "Clustered")}",
            .. contestant.Arguments,
        ];
        var programs = Enumerable
            .Repeat(Repository.SiloAssembly, contestant.Silos)
            .Append(contestant.Assembly)
            .Select(assembly => Program.Of(assembly, arguments, environment ?? []))
            .ToList();
        var service = new RunningService(
            contestant,
            programs,
            contestant.UsesSqlite ? null : server,
            directory,
            database
        );
        try
        {
            // In development it prepares its database by itself; what is measured runs as in production.
            await service.StartProcessesAsync("Development");
            await service.RestartAsync();
            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Stops the processes and starts them on the same database again: what is stored is no longer in their memory.
    /// </summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartProcessesAsync("Production");
    }

    /// <summary>Kills the first of its processes, a silo if it has any; the others go on.</summary>
    public async Task KillFirstAsync()
    {
        var process = _processes[0];
        _processes.RemoveAt(0);
        process.Kill();
        await process.DisposeAsync();
    }

    /// <summary>The processor time spent so far by the service and, if it is ours, by its database server.</summary>
    public (TimeSpan Service, TimeSpan Database) Processor() =>
        (
            _processes.Aggregate(TimeSpan.Zero, static (sum, process) => sum + ProcessorTime.Of(process.Id)),
            _server?.Pid is { } postmaster ? ProcessorTime.OfTree(postmaster) : TimeSpan.Zero
        );

    /// <summary>
    /// Does what autovacuum does within a minute. A plan that was made while a table was empty may stay a sequential
    /// scan until the table is analysed; a contestant that plans only once would suffer from it.
    /// </summary>
    public Task SettleAsync() =>
        _server is null ? Task.CompletedTask : _server.ExecuteAsync("VACUUM (ANALYZE)", Database);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_directory is not null)
            Directory.Delete(_directory, recursive: true);
    }

    private async Task StartProcessesAsync(string environment)
    {
        foreach (var program in _programs)
        {
            var process = program.Start(environment);
            _processes.Add(process);
            await process.WaitUntilReadyAsync(new Uri(program.Address, "/health/ready"), TimeToStart);
        }
    }

    private async Task StopAsync()
    {
        foreach (var process in _processes.AsEnumerable().Reverse())
        {
            await process.StopAsync(TimeSpan.FromSeconds(20));
            await process.DisposeAsync();
        }

        _processes.Clear();
    }

    /// <summary>One of its programs.</summary>
    /// <param name="Address">Where it answers HTTP.</param>
    /// <param name="Start">Starts it, in a hosting environment.</param>
    private sealed record Program(Uri Address, Func<string, ServiceProcess> Start)
    {
        public static Program Of(
            string assembly,
            IReadOnlyList<string> arguments,
            IEnumerable<KeyValuePair<string, string?>> environment
        )
        {
            var ports = FreePort.Next(3);
            var address = new Uri($"http://127.0.0.1:{ports[0]}");
            return new Program(address, kind =>
                ServiceProcess.Start(
                    assembly,
                    [
                        $"--urls={address}",
                        $"--Cluster:SiloPort={ports[1]}",
                        $"--Cluster:GatewayPort={ports[2]}",
                        .. arguments,
                    ],
                    [new("ASPNETCORE_ENVIRONMENT", kind), new("DOTNET_ENVIRONMENT", kind), .. environment]
                )
            );
        }
    }
}

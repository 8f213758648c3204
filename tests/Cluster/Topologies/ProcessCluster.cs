using System.Collections.Immutable;
using Npgsql;
using Orleans.Workflow.Testing.Postgres;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Cluster.Tests.Topologies;

/// <summary>
/// Silos and Apis as child processes, on a server of their own: what they answer when they end is known, and they take
/// signals.
/// </summary>
internal sealed class ProcessCluster : IAsyncDisposable
{
    /// <summary>The name of the database.</summary>
    public const string Database = "process_cluster";

    /// <summary>The key that has the role admin; reading needs no key.</summary>
    public const string AdminKey = "the-key-of-the-process-cluster";

    private readonly PostgresServer _server;
    private readonly ImmutableArray<string> _storage;
    private readonly ImmutableArray<string> _settings;
    private readonly List<Member> _members = [];

    private ProcessCluster(PostgresServer server, MovablePort? port, string connection, IEnumerable<string> settings)
    {
        (_server, Port, Connection) = (server, port, connection);
        _storage =
        [
            "--Storage:Provider=Postgres",
            $"--ConnectionStrings:Workflows={new NpgsqlConnectionStringBuilder(connection)}",
        ];
        _settings = [.. settings];
    }

    /// <summary>Starts silos and Apis, with further settings, and waits until they are ready.</summary>
    public static async Task<ProcessCluster> StartAsync(int silos, int apis, params IEnumerable<string> settings)
    {
        // Its own even if TEST_POSTGRES names a server: it is stopped and started too.
        var server = await PostgresServer.StartNewAsync("max_connections=400");
        var connection = await server.CreateDatabaseAsync(Database);
        return await StartAsync(new ProcessCluster(server, null, connection, settings), silos, apis);
    }

    /// <summary>The same, with a port before the database server that can be moved to another one.</summary>
    public static async Task<ProcessCluster> StartBehindPortAsync(int silos, int apis)
    {
        var server = await PostgresServer.StartNewAsync("max_connections=400");
        var connection = new NpgsqlConnectionStringBuilder(await server.CreateDatabaseAsync(Database));
        var port = new MovablePort(connection.Port);
        (connection.Host, connection.Port) = ("127.0.0.1", port.Number);
        return await StartAsync(new ProcessCluster(server, port, connection.ConnectionString, []), silos, apis);
    }

    private static async Task<ProcessCluster> StartAsync(ProcessCluster cluster, int silos, int apis)
    {
        try
        {
            await Command.RunAsync("dotnet", [WorkingCopy.Silo, "migrate", .. cluster._storage]);
            for (var i = 0; i < silos; i++)
                cluster.StartSilo();

            for (var i = 0; i < apis; i++)
                cluster.StartApi();

            await Task.WhenAll(cluster._members.Select(static member => member.WhenReadyAsync()));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>The database server; ours to stop.</summary>
    public PostgresServer Server => _server;

    /// <summary>What leads to the database server, if it can be moved.</summary>
    public MovablePort? Port { get; }

    /// <summary>The connection string of the database.</summary>
    public string Connection { get; }

    /// <summary>Ends every session of the silos and the Apis with the database.</summary>
    public Task CutConnectionsAsync() =>
        _server.ExecuteAsync(
            $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{Database}' AND pid <> "
                + "pg_backend_pid()"
        );

    /// <summary>How many silos the membership table shows as active.</summary>
    public async Task<int> CountActiveSilosAsync()
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(_server.Administration)
            {
                Database = Database,
                Pooling = false,
            }.ConnectionString
        );
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            "SELECT count(*)::integer FROM orleansmembershiptable WHERE status = 3",
            connection
        );
        return (int)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Runs the command <c>audit</c> beside the processes.</summary>
    public Task<AuditRun> AuditAsync() => AuditRun.Of(_storage);

    public IEnumerable<Member> Silos =>
        _members.Where(static member => member.Process.Name.EndsWith("Silo", StringComparison.Ordinal));

    public IEnumerable<Member> Apis =>
        _members.Where(static member => member.Process.Name.EndsWith("Api", StringComparison.Ordinal));

    public Member StartSilo()
    {
        var ports = FreePort.Next(2);
        return Start(WorkingCopy.Silo, $"--Cluster:SiloPort={ports[0]}", $"--Cluster:GatewayPort={ports[1]}");
    }

    public Member StartApi() =>
        Start(
            WorkingCopy.Api,
            "--Sources:airudder:AllowAnonymous=true",
            "--Access:AllowAnonymous=true",
            "--Access:Keys:operator:Role=admin",
            $"--Access:Keys:operator:Secrets:0={AdminKey}"
        );

    public async ValueTask DisposeAsync()
    {
        foreach (var member in _members)
            await member.Process.DisposeAsync();

        if (Port is not null)
            await Port.DisposeAsync();

        await _server.DisposeAsync();
    }

    private Member Start(string assembly, params string[] arguments)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        var member = new Member(address, () =>
            ServiceProcess.Start(
                assembly,
                [.. _storage, .. _settings, "--Cluster:Mode=Clustered", $"--urls={address}", .. arguments],
                [new("ASPNETCORE_ENVIRONMENT", "Production"), new("DOTNET_ENVIRONMENT", "Production")]
            )
        );
        _members.Add(member);
        return member;
    }
}

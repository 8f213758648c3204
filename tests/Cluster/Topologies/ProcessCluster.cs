using System.Collections.Immutable;
using Npgsql;
using Orleans.Workflow.Testing.Postgres;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Cluster.Tests.Topologies;

/// <summary>A silo or an Api as a child process.</summary>
/// <param name="Process">The process.</param>
/// <param name="Address">Its HTTP.</param>
internal sealed record Member(ServiceProcess Process, Uri Address)
{
    public Task WhenReadyAsync() => Process.WaitUntilReadyAsync(new Uri(Address, "/health/ready"), TimeSpan.FromSeconds(90));
}

/// <summary>Silos and Apis as child processes, on a server of their own: what they answer when they end is known, and they take signals.</summary>
internal sealed class ProcessCluster : IAsyncDisposable
{
    private readonly PostgresServer _server;
    private readonly ImmutableArray<string> _storage;
    private readonly List<Member> _members = [];

    private ProcessCluster(PostgresServer server, string connection)
    {
        (_server, Connection) = (server, connection);
        _storage = ["--Storage:Provider=Postgres", $"--ConnectionStrings:Workflows={new NpgsqlConnectionStringBuilder(connection)}"];
    }

    /// <summary>Starts so many silos and Apis and waits until they are ready.</summary>
    public static async Task<ProcessCluster> StartAsync(int silos, int apis)
    {
        // Its own, whatever TEST_POSTGRES names: it is stopped and started too.
        var server = await PostgresServer.StartNewAsync("max_connections=400");
        var cluster = new ProcessCluster(server, await server.CreateDatabaseAsync("process_cluster"));
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

    /// <summary>The connection string of the database.</summary>
    public string Connection { get; }

    public IEnumerable<Member> Silos => _members.Where(static member => member.Process.Name.EndsWith("Silo", StringComparison.Ordinal));

    public IEnumerable<Member> Apis => _members.Where(static member => member.Process.Name.EndsWith("Api", StringComparison.Ordinal));

    public Member StartSilo()
    {
        var ports = FreePort.Next(2);
        return Start(WorkingCopy.Silo, $"--Cluster:SiloPort={ports[0]}", $"--Cluster:GatewayPort={ports[1]}");
    }

    public Member StartApi() => Start(WorkingCopy.Api, "--Sources:airudder:AllowAnonymous=true");

    public async ValueTask DisposeAsync()
    {
        foreach (var member in _members)
            await member.Process.DisposeAsync();

        await _server.DisposeAsync();
    }

    private Member Start(string assembly, params string[] arguments)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        var process = ServiceProcess.Start(
            assembly,
            [.. _storage, "--Cluster:Mode=Clustered", $"--urls={address}", .. arguments],
            [new("ASPNETCORE_ENVIRONMENT", "Production"), new("DOTNET_ENVIRONMENT", "Production")]);
        var member = new Member(process, address);
        _members.Add(member);
        return member;
    }
}

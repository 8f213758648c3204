using System.Collections.Immutable;
using System.Net;
using Npgsql;
using Orleans.Workflow.Cluster.Tests.Topologies;
using Orleans.Workflow.Testing.Postgres;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Cluster.Tests.Network;

/// <summary>A silo or an Api on a host of its own.</summary>
/// <param name="Host">The host.</param>
/// <param name="Member">The process; its address is one that these tests reach.</param>
internal sealed record NetworkMember(VirtualHost Host, Member Member)
{
    /// <summary>The last lines that it wrote.</summary>
    public string Output => Member.Process.Output.ToString();

    /// <summary>Waits until it has ended by itself.</summary>
    public Task EndsAsync(TimeSpan timeout) =>
        Member.Process.WaitForExitAsync().WaitAsync(timeout, TimeProvider.System);
}

/// <summary>Silos, Apis and PostgreSQL, each on a host of its own, which can be cut off from others.</summary>
internal sealed class NetworkCluster : IAsyncDisposable
{
    private const string Database = "network_cluster";
    private const int HttpPort = 8080;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(120);

    private readonly PortForwarder _forwarder;
    private readonly List<NetworkMember> _silos = [];
    private readonly List<NetworkMember> _apis = [];
    private readonly PostgresServer _server;
    private readonly string _administration;
    private readonly ImmutableArray<string> _storage;
    private int _started;

    private NetworkCluster(
        VirtualNetwork network,
        VirtualHost outside,
        VirtualHost databaseHost,
        PostgresServer server,
        string connection
    )
    {
        (Network, DatabaseHost, _server, _administration) = (network, databaseHost, server, connection);
        _forwarder = new PortForwarder(outside);
        _storage =
        [
            "--Storage:Provider=Postgres",
            $"--ConnectionStrings:Workflows={ConnectionTo(databaseHost.Address.ToString())}",
        ];
    }

    /// <summary>The network.</summary>
    public VirtualNetwork Network { get; }

    /// <summary>Where PostgreSQL runs.</summary>
    public VirtualHost DatabaseHost { get; }

    /// <summary>The database server.</summary>
    public PostgresServer Server => _server;

    /// <summary>The silos; those that were removed are not among them.</summary>
    public IReadOnlyList<NetworkMember> Silos => _silos;

    /// <summary>The Apis.</summary>
    public IReadOnlyList<NetworkMember> Apis => _apis;

    /// <summary>Silos and Apis.</summary>
    public IEnumerable<NetworkMember> Members => _silos.Concat(_apis);

    /// <summary>
    /// Starts a network with a database server on a host of its own, and with an empty database of today's schema.
    /// </summary>
    public static async Task<NetworkCluster> StartAsync()
    {
        var network = await VirtualNetwork.CreateAsync();
        try
        {
            var outside = await network.AddHostAsync("outside");
            var host = await network.AddHostAsync("database");
            var server = await PostgresServer.StartOnHostAsync(host.Launcher, "max_connections=400");
            var cluster = new NetworkCluster(
                network,
                outside,
                host,
                server,
                await server.CreateDatabaseAsync(Database)
            );
            await Command.RunAsync("dotnet", [WorkingCopy.Silo, "migrate", .. cluster.StorageHere]);
            return cluster;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a network with silos and Apis, and waits until they are ready.</summary>
    public static async Task<NetworkCluster> StartAsync(int silos, int apis, params string[] settings)
    {
        var cluster = await StartAsync();
        try
        {
            // One after the other: a machine that is busy with many starts at once lets their connections time out.
            for (var i = 0; i < silos; i++)
                await (await cluster.StartSiloAsync(settings)).Member.WhenReadyAsync();

            for (var i = 0; i < apis; i++)
                await (await cluster.StartApiAsync(settings)).Member.WhenReadyAsync();

            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a silo on a new host.</summary>
    public Task<NetworkMember> StartSiloAsync(params string[] settings) =>
        StartAsync(_silos, "silo", WorkingCopy.Silo, ["--Cluster:Mode=Clustered", .. settings]);

    /// <summary>Starts an Api on a new host.</summary>
    public Task<NetworkMember> StartApiAsync(params string[] settings) =>
        StartAsync(_apis, "api", WorkingCopy.Api, ["--Cluster:Mode=Clustered", .. settings]);

    /// <summary>Starts an Api with a silo of its own on a new host.</summary>
    public Task<NetworkMember> StartEmbeddedAsync(params string[] settings) =>
        StartAsync(_apis, "embedded", WorkingCopy.Api, ["--Cluster:Mode=Embedded", .. settings]);

    /// <summary>Starts an Api with a silo of its own on a host that was made for it.</summary>
    public NetworkMember StartEmbedded(VirtualHost host, params string[] settings) =>
        Start(_apis, host, WorkingCopy.Api, ["--Cluster:Mode=Embedded", .. settings]);

    /// <summary>Waits until all can do their work.</summary>
    public Task WhenReadyAsync() => Task.WhenAll(Members.Select(static member => member.Member.WhenReadyAsync()));

    /// <summary>
    /// Waits until the silos that run are the members of the cluster, and all can do their work. A silo that was
    /// declared dead ends, as it should, and is started again, as an orchestrator would.
    /// </summary>
    public async Task WhenWholeAsync()
    {
        var start = TimeProvider.System.GetTimestamp();
        do
        {
            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(Timeout, "The members are not those that run.");
            await Task.WhenAll(Members.Select(static member => WhenReadyAgain(member.Member)));
            await Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System);
        } while (
            !_silos
                .Select(static silo => silo.Host.Address.ToString())
                .Order()
                .SequenceEqual((await ActiveSilosAsync()).Order())
        );
    }

    /// <summary>Starts silos that have ended again, as an orchestrator would, until it is cancelled.</summary>
    /// <returns>How many they were.</returns>
    public async Task<int> RestartEndedAsync(CancellationToken cancellation)
    {
        var restarts = new List<Task>();
        var starting = new HashSet<NetworkMember>();
        while (!cancellation.IsCancellationRequested)
        {
            foreach (var silo in _silos.Where(silo => silo.Member.Process.HasExited && starting.Add(silo)).ToList())
                restarts.Add(silo.Member.StartAgainAsync());

            await Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System, CancellationToken.None);
        }

        await Task.WhenAll(restarts);
        return restarts.Count;
    }

    /// <summary>A connection string for the hosts of the network.</summary>
    public static string ConnectionTo(string host) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = host,
            Port = 5432,
            Username = "postgres",
            Database = Database,
        }.ConnectionString;

    /// <summary>Takes the power from the hosts of members, for good.</summary>
    public async Task LosePowerAsync(IEnumerable<NetworkMember> members)
    {
        foreach (var member in members.ToList())
        {
            // Before the kill: the kernel of the host must not close connections, which the others would notice.
            await Network.PowerOffAsync(member.Host);
            await member.Member.Process.DisposeAsync();
            _silos.Remove(member);
            _apis.Remove(member);
        }
    }

    /// <summary>The silos that the membership table shows as active.</summary>
    public async Task<IReadOnlyList<string>> ActiveSilosAsync()
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(_administration) { Pooling = false }.ConnectionString
        );
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            "SELECT address FROM orleansmembershiptable WHERE status = 3",
            connection
        );
        await using var reader = await command.ExecuteReaderAsync();
        var addresses = new List<string>();
        while (await reader.ReadAsync())
            addresses.Add(reader.GetString(0));

        return addresses;
    }

    /// <summary>Runs the command <c>audit</c>.</summary>
    public Task<AuditRun> AuditAsync() => AuditRun.Of(StorageHere);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var member in Members)
            await member.Member.Process.DisposeAsync();

        _forwarder.Dispose();
        await _server.DisposeAsync();
        await Network.DisposeAsync();
    }

    /// <summary>The database as these tests reach it, over its Unix socket.</summary>
    private IEnumerable<string> StorageHere =>
        ["--Storage:Provider=Postgres", $"--ConnectionStrings:Workflows={_administration}"];

    private static async Task WhenReadyAgain(Member member)
    {
        try
        {
            if (!member.Process.HasExited)
                await member.WhenReadyAsync();
        }
        catch (InvalidOperationException) when (member.Process.HasExited)
        {
            // It ended while it was waited for.
        }

        if (member.Process.HasExited)
            await member.StartAgainAsync();
    }

    private async Task<NetworkMember> StartAsync(
        List<NetworkMember> group,
        string name,
        string assembly,
        string[] settings
    ) => Start(group, await Network.AddHostAsync($"{name}{++_started}"), assembly, settings);

    private NetworkMember Start(List<NetworkMember> group, VirtualHost host, string assembly, string[] settings)
    {
        // Of a setting that is given twice, the last one counts.
        string[] own =
            assembly == WorkingCopy.Api
                ? ["--Sources:airudder:AllowAnonymous=true", "--Access:AllowAnonymous=true"]
                : [$"--Cluster:AdvertisedAddress={host.Address}"];
        string[] arguments = [.. _storage, $"--urls=http://{host.Address}:{HttpPort}", .. own, .. settings];
        var address = _forwarder.Forward(new IPEndPoint(host.Address, HttpPort));
        var member = new NetworkMember(
            host,
            new Member(address, () =>
                ServiceProcess.Start(
                    assembly,
                    arguments,
                    [new("ASPNETCORE_ENVIRONMENT", "Production"), new("DOTNET_ENVIRONMENT", "Production")],
                    launcher: host.Launcher
                )
            )
        );
        group.Add(member);
        return member;
    }
}

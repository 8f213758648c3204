using System.Data.Common;
using Npgsql;
using Orleans.Workflow.Testing.Postgres;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Api.Tests.Hosting;

/// <summary>A database of a PostgreSQL server, with ports for a silo of its own.</summary>
public sealed class PostgresDatabase : ITestDatabase
{
    private readonly string _connectionString;
    private readonly IReadOnlyList<int> _ports = FreePort.Next(2);

    private PostgresDatabase(string connectionString) => _connectionString = connectionString;

    /// <summary>The ports of the silo: for silos, for clients.</summary>
    public IReadOnlyList<int> SiloPorts => _ports;

    public IEnumerable<string> Settings =>
        [
            "--Storage:Provider=Postgres",
            $"--ConnectionStrings:Workflows={_connectionString}",
            $"--Cluster:SiloPort={_ports[0]}",
            $"--Cluster:GatewayPort={_ports[1]}",
        ];

    public static async Task<PostgresDatabase> CreateAsync(PostgresServer server, string name) =>
        new(await server.CreateDatabaseAsync(name));

    public async Task<DbConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(_connectionString) { Pooling = false }.ConnectionString
        );
        await connection.OpenAsync();
        return connection;
    }

    public object Id(Guid id) => id;
}

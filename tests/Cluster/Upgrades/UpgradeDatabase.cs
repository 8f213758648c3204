using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Npgsql;
using Orleans.Workflow.Testing.Postgres;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Cluster.Tests.Upgrades;

/// <summary>A fresh database that becomes a fixture, or is made from one.</summary>
internal abstract class UpgradeDatabase : IAsyncDisposable
{
    public const string Sqlite = "sqlite";
    public const string Postgres = "postgresql";

    /// <summary>The settings that name it.</summary>
    public abstract IEnumerable<string> Settings { get; }

    /// <summary>Whether the epoch in the ids of events goes with a copy of the database.</summary>
    public abstract bool KeepsEpoch { get; }

    public static async Task<UpgradeDatabase> CreateAsync(string kind)
    {
        if (kind == Sqlite)
            return new SqliteCopy();

        var server = await PostgresServer.StartNewAsync();
        return new PostgresCopy(server, await server.CreateDatabaseAsync(PostgresCopy.Name));
    }

    /// <summary>Its content. The product must have stopped.</summary>
    public abstract Task<byte[]> ReadAsync();

    /// <summary>Fills it with the content of another.</summary>
    public abstract Task RestoreAsync(byte[] content);

    /// <summary>Runs a statement on it.</summary>
    public abstract Task ExecuteAsync(string sql);

    public abstract ValueTask DisposeAsync();

    private sealed class SqliteCopy : UpgradeDatabase
    {
        private readonly string _directory = DatabaseFolder.Create("owf-upgrade-");

        private string File => Path.Combine(_directory, "workflows.db");

        public override IEnumerable<string> Settings =>
            ["--Storage:Provider=Sqlite", $"--ConnectionStrings:Workflows=Data Source={File}"];

        public override bool KeepsEpoch => true;

        public override Task<byte[]> ReadAsync()
        {
            // The command `backup` would begin another history of positions.
            System.IO.File.Exists(File + "-wal").ShouldBeFalse("the product has stopped: its log is in the file");
            return System.IO.File.ReadAllBytesAsync(File);
        }

        public override Task RestoreAsync(byte[] content) => System.IO.File.WriteAllBytesAsync(File, content);

        public override async Task ExecuteAsync(string sql)
        {
            await using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = sql;
            await command.ExecuteNonQueryAsync();
        }

        public override ValueTask DisposeAsync()
        {
            Directory.Delete(_directory, recursive: true);
            return ValueTask.CompletedTask;
        }
    }

    private sealed class PostgresCopy(PostgresServer server, string connection) : UpgradeDatabase
    {
        public const string Name = "upgrade";

        private readonly IReadOnlyList<int> _ports = FreePort.Next(2);

        public override IEnumerable<string> Settings =>
            [
                "--Storage:Provider=Postgres",
                $"--ConnectionStrings:Workflows={new NpgsqlConnectionStringBuilder(connection)}",
                $"--Cluster:SiloPort={_ports[0]}",
                $"--Cluster:GatewayPort={_ports[1]}",
            ];

        // A dump that is restored is another history of positions (ADR 0023).
        public override bool KeepsEpoch => false;

        // As docs/operations/backup.md has it. New releases of pg_dump write commands that an older psql does not know.
        public override async Task<byte[]> ReadAsync() =>
            System.Text.Encoding.UTF8.GetBytes(
                Regex.Replace(
                    await server.DumpSqlAsync(Name, "--exclude-table-data=orleansmembership*"),
                    @"^\\(un)?restrict .*\n",
                    string.Empty,
                    RegexOptions.Multiline
                )
            );

        public override Task RestoreAsync(byte[] content) =>
            server.RestoreSqlAsync(Name, System.Text.Encoding.UTF8.GetString(content));

        public override Task ExecuteAsync(string sql) => server.ExecuteAsync(sql, Name);

        public override ValueTask DisposeAsync() => server.DisposeAsync();
    }
}

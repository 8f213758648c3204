using Microsoft.Data.Sqlite;

namespace Orleans.Workflow.ByHandSqlite;

/// <summary>Opens connections with the settings that durability asks for.</summary>
internal static class Database
{
    private const string Settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;";

    private const string Tables = """
        CREATE TABLE IF NOT EXISTS workflow (
          workflow_id TEXT PRIMARY KEY, name TEXT NOT NULL, status TEXT NOT NULL, version INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS node (
          workflow_id TEXT NOT NULL, nodetask_id TEXT NOT NULL, name TEXT NOT NULL, node_type TEXT NOT NULL,
          task_id TEXT, task_status TEXT,
          PRIMARY KEY (workflow_id, nodetask_id)
        ) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS notification_log (
          id INTEGER PRIMARY KEY, workflow_id TEXT NOT NULL, received_at INTEGER NOT NULL, body BLOB NOT NULL
        );
        """;

    public static SqliteConnection Open(string connectionString)
    {
        var connection = new SqliteConnection(connectionString);
        connection.Open();
        Execute(connection, Settings);
        return connection;
    }

    public static void CreateTables(SqliteConnection connection) => Execute(connection, Tables);

    /// <summary>A statement that is prepared once; its parameters are <c>$1</c>, <c>$2</c>, …</summary>
    public static SqliteCommand Prepare(SqliteConnection connection, string sql, int parameters)
    {
#pragma warning disable CA2100 // Constants of this program.
        var command = new SqliteCommand(sql, connection);
#pragma warning restore CA2100
        for (var i = 1; i <= parameters; i++)
            command.Parameters.Add(new SqliteParameter($"${i}", null));

        command.Prepare();
        return command;
    }

    public static SqliteCommand With(this SqliteCommand command, params ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i] ?? DBNull.Value;

        return command;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
#pragma warning disable CA2100 // Constants of this program.
        using var command = new SqliteCommand(sql, connection);
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}

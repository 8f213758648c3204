using System.Data.Common;
using Microsoft.Extensions.Logging;
using Orleans.Workflow.Storage.Migrations;

namespace Orleans.Workflow.Storage.Sqlite;

/// <summary>The schema in SQLite; the file's write lock lets one process at a time migrate.</summary>
internal sealed class SqliteSchema(SqliteDataSource dataSource, ILogger<SqliteSchema> logger)
    : Schema(dataSource, SchemaScript.Of("sqlite"), logger)
{
    /// <inheritdoc/>
    protected override string CreateVersionTable =>
        """
            CREATE TABLE IF NOT EXISTS schema_version
            (
              number     INTEGER NOT NULL PRIMARY KEY,
              name       TEXT    NOT NULL,
              applied_at TEXT    NOT NULL DEFAULT (datetime('now'))
            )
            """;

    /// <inheritdoc/>
    protected override string VersionTableExists => "SELECT count(*) FROM sqlite_master WHERE name = 'schema_version'";

    /// <inheritdoc/>
    /// <remarks>
    /// Moves the log into the file: a file without its tables would look empty to whatever copies it.
    /// </remarks>
    protected override async Task Settle(DbConnection connection, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA wal_checkpoint(PASSIVE)";
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override DatabaseUnavailableException? Explain(DbException exception) =>
        SqliteFile.Explain(SqliteFile.PathOf(dataSource.ConnectionString), exception);

    /// <inheritdoc/>
    /// <remarks>The transaction began with BEGIN IMMEDIATE: no other connection writes the file.</remarks>
    protected override string LockStatement => "SELECT 1";
}

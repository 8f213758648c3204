using System.Data.Common;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans.Workflow.Storage.Migrations;

namespace Orleans.Workflow.Storage.Postgres;

/// <summary>The schema in PostgreSQL; an advisory lock lets one process at a time migrate.</summary>
internal sealed class PostgresSchema(NpgsqlDataSource dataSource, ILogger<PostgresSchema> logger)
    : Schema(dataSource, SchemaScript.Of("postgresql"), logger)
{
    // Any number will do that no other program locks in this database.
    private const long LockNumber = 0x4F574C_4F57_0001;

    /// <inheritdoc/>
    protected override string CreateVersionTable =>
        """
        CREATE TABLE IF NOT EXISTS schema_version
        (
          number     integer     NOT NULL PRIMARY KEY,
          name       text        NOT NULL,
          applied_at timestamptz NOT NULL DEFAULT now()
        )
        """;

    /// <inheritdoc/>
    protected override string VersionTableExists => "SELECT (to_regclass('schema_version') IS NOT NULL)::int";

    /// <inheritdoc/>
    protected override string LockStatement =>
        $"""
        DO $$
        BEGIN
          IF current_setting('server_version_num')::int < 150000 THEN
            RAISE EXCEPTION 'PostgreSQL % is too old: 15 or later is needed (unique indexes with NULLS NOT DISTINCT).', current_setting('server_version');
          END IF;
          PERFORM pg_advisory_xact_lock({LockNumber});
        END
        $$
        """;

    /// <inheritdoc/>
    protected override Task Learn(DbConnection connection, CancellationToken cancellationToken) =>
        ((NpgsqlConnection)connection).ReloadTypesAsync(cancellationToken);
}

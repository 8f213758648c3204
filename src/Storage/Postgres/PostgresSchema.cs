using System.Data.Common;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans.Workflow.Storage.Migrations;

namespace Orleans.Workflow.Storage.Postgres;

/// <summary>The schema in PostgreSQL; an advisory lock lets one process at a time migrate.</summary>
internal sealed class PostgresSchema(
    PostgresConnections dataSource,
    StorageSettings settings,
    ILogger<PostgresSchema> logger
) : Schema(dataSource, SchemaScript.Of("postgresql"), logger)
{
    // Any number will do that no other program locks in this database.
    internal const long LockNumber = 0x4F574C_4F57_0001;

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
                RAISE EXCEPTION 'PostgreSQL % is too old: 15 or later is needed.', current_setting('server_version');
              END IF;
              PERFORM pg_advisory_xact_lock({LockNumber});

              -- Scripts read tables from end to end, which sessions of the service avoid.
              SET LOCAL enable_seqscan = on;
              SET LOCAL enable_bitmapscan = on;
            END
            $$
            """;

    /// <inheritdoc/>
    /// <remarks>
    /// No connection, or one of the classes of errors that the server, its rights or its configuration cause: 08, 28,
    /// 3D, 53, 57, 58.
    /// </remarks>
    protected override DatabaseUnavailableException? Explain(DbException exception)
    {
        var remedy = exception.SqlState switch
        {
            // What PgBouncer answers to options that it does not pass on.
            PostgresErrorCodes.ProtocolViolation => "If PgBouncer is between, set Storage:TransactionPooling to true.",
            null or ['0', '8', ..] or ['2', '8', ..] or ['3', 'D', ..] or ['5', '3' or '7' or '8', ..] =>
                "Check Storage:Provider and ConnectionStrings:Workflows, and that the server runs.",
            PostgresErrorCodes.ReadOnlySqlTransaction =>
                "It takes no writes: name the primary in ConnectionStrings:Workflows, or set "
                    + "default_transaction_read_only to off.",
            PostgresErrorCodes.InsufficientPrivilege =>
                "Run migrate as the role that owns the tables; see docs/operations/commands.md.",
            // The schema scripts raise it.
            PostgresErrorCodes.RaiseException => "Use another server.",
            _ => null,
        };
        return remedy is null
            ? null
            : new DatabaseUnavailableException(
                $"The database cannot be used: {MessageOf(exception).TrimEnd('.')}. {remedy}",
                exception
            );
    }

    /// <summary>In the driver's words: they are for the operator, who starts the program.</summary>
    private static string MessageOf(DbException exception) =>
        exception is DatabaseUnreachableException { InnerException: { } cause } ? cause.Message : exception.Message;

    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<string>> FindErrors(
        DbConnection connection,
        CancellationToken cancellationToken
    )
    {
        var missing = await PostgresGrants.FindMissing((NpgsqlConnection)connection, cancellationToken);
        return missing is null ? [] : [missing];
    }

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<string>> WriteGrants(
        string role,
        bool apply,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var statements = await PostgresGrants.Write((NpgsqlConnection)connection, role, cancellationToken);
        if (!apply)
            return statements;

        await using var command = connection.CreateCommand();
        command.CommandText = string.Join(";\n", statements);
        try
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
            return statements;
        }
        catch (PostgresException exception)
            when (exception.SqlState is PostgresErrorCodes.UndefinedObject or PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new DatabaseUnavailableException(
                $"The privileges could not be granted to '{role}': {exception.MessageText}.",
                exception
            );
        }
    }

    /// <inheritdoc/>
    protected override async Task CheckServer(DbConnection connection, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText =
            "SELECT current_setting('server_encoding'), current_setting('plan_cache_mode'), current_database()";
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var (encoding, planCacheMode) = (reader.GetString(0), reader.GetString(1));
        if (encoding != "UTF8")
        {
            throw new DatabaseUnavailableException(
                $"The database '{reader.GetString(2)}' has the encoding {encoding}, which can't hold every text "
                    + "that is received. Create one with the encoding UTF8 (CREATE DATABASE … ENCODING 'UTF8' "
                    + "TEMPLATE template0) and name it in ConnectionStrings:Workflows."
            );
        }

        // Asked for at the start of each connection, unless the connection string has options of its own.
        if (
            !settings.PoolsTransactions
            && planCacheMode != "force_generic_plan"
            && !new DbConnectionStringBuilder { ConnectionString = settings.ConnectionString }.ContainsKey("Options")
        )
        {
            throw new DatabaseUnavailableException(
                "What a connection asks for at its start does not reach PostgreSQL: a pooler is between. "
                    + "Set Storage:TransactionPooling to true if it is PgBouncer in transaction mode."
            );
        }
    }

    /// <inheritdoc/>
    protected override Task Settle(DbConnection connection, CancellationToken cancellationToken) =>
        ((NpgsqlConnection)connection).ReloadTypesAsync(cancellationToken);
}

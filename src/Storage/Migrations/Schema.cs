using System.Data.Common;
using Microsoft.Extensions.Logging;

namespace Orleans.Workflow.Storage.Migrations;

/// <summary>What the schemas of the two databases have in common; what differs is how one process at a time is let in.</summary>
/// <param name="dataSource">The database.</param>
/// <param name="scripts">Its scripts, ascending.</param>
/// <param name="logger">Logs each script applied.</param>
internal abstract class Schema(DbDataSource dataSource, IReadOnlyList<SchemaScript> scripts, ILogger logger) : ISchema
{
    private int Needed => scripts[^1].Number;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> Migrate(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await Execute(transaction, LockStatement, cancellationToken);
        await Execute(transaction, CreateVersionTable, cancellationToken);
        var applied = await AppliedNumber(connection, transaction, cancellationToken);
        var missing = scripts.Where(script => script.Number > applied).ToList();
        foreach (var script in missing)
        {
            if (script.Condition is not { } condition || await Number(connection, transaction, condition, cancellationToken) != 0)
                await Execute(transaction, script.Text, cancellationToken);

            await Record(transaction, script, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        await Learn(connection, cancellationToken);
        foreach (var script in missing)
            Log.ScriptApplied(logger, script.Name);

        return [.. missing.Select(script => script.Name)];
    }

    /// <inheritdoc/>
    public async Task Check(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var exists = await Number(connection, null, VersionTableExists, cancellationToken) != 0;
        var found = exists ? await AppliedNumber(connection, null, cancellationToken) : 0;
        if (found < Needed)
            throw SchemaTooOldException.Of(found, Needed);
    }

    /// <summary>Creates the table that says which scripts were applied, if it is not there.</summary>
    protected abstract string CreateVersionTable { get; }

    /// <summary>Counts the tables that say which scripts were applied: 1 or 0.</summary>
    protected abstract string VersionTableExists { get; }

    /// <summary>Waits, inside the transaction, until no other process migrates.</summary>
    protected abstract string LockStatement { get; }

    /// <summary>Lets the driver learn what the scripts have made.</summary>
    protected virtual Task Learn(DbConnection connection, CancellationToken cancellationToken) => Task.CompletedTask;

    private static async Task Execute(DbTransaction transaction, string text, CancellationToken cancellationToken)
    {
        await using var command = transaction.Connection!.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = text;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task Record(DbTransaction transaction, SchemaScript script, CancellationToken cancellationToken)
    {
        await using var command = transaction.Connection!.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "INSERT INTO schema_version (number, name) VALUES (@number, @name)";
        command.Set("number", script.Number);
        command.Set("name", script.Name);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static Task<int> AppliedNumber(DbConnection connection, DbTransaction? transaction, CancellationToken cancellationToken) =>
        Number(connection, transaction, "SELECT coalesce(max(number), 0) FROM schema_version", cancellationToken);

    private static async Task<int> Number(DbConnection connection, DbTransaction? transaction, string query, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = query;
        return Convert.ToInt32(await command.ExecuteScalarAsync(cancellationToken));
    }
}

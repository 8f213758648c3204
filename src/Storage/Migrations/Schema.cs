using System.Data.Common;
using Microsoft.Extensions.Logging;

namespace Orleans.Workflow.Storage.Migrations;

/// <summary>
/// What the schemas of the two databases have in common; what differs is how one process at a time is let in.
/// </summary>
/// <param name="dataSource">The database.</param>
/// <param name="scripts">Its scripts, ascending.</param>
/// <param name="logger">Logs each script applied.</param>
internal abstract class Schema(DbDataSource dataSource, IReadOnlyList<SchemaScript> scripts, ILogger logger) : ISchema
{
    private int Needed => scripts[^1].Number;

    // What the first upgrade starts from. The script before it creates the schema of an empty database.
    private int Oldest => scripts[1].Number - 1;

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> Migrate(CancellationToken cancellationToken) =>
        Explained(() => ApplyMissing(cancellationToken));

    private async Task<IReadOnlyList<string>> ApplyMissing(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await CheckServer(connection, cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await Execute(transaction, LockStatement, cancellationToken);
        await Execute(transaction, CreateVersionTable, cancellationToken);
        var applied = await AppliedNumber(connection, transaction, cancellationToken);
        if (applied > 0 && applied < Oldest)
            throw SchemaTooOldException.Of(applied, Needed, Oldest);

        var missing = scripts.Where(script => script.Number > applied).ToList();
        foreach (var script in missing)
        {
            if (
                script.Condition is not { } condition
                || await Number(connection, transaction, condition, cancellationToken) != 0
            )
                await Execute(transaction, script.Text, cancellationToken);

            await Record(transaction, script, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        await Settle(connection, cancellationToken);
        foreach (var script in missing)
            Log.ScriptApplied(logger, script.Name);

        return [.. missing.Select(script => script.Name)];
    }

    /// <inheritdoc/>
    public Task Check(CancellationToken cancellationToken) =>
        Explained(async () =>
        {
            await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
            await CheckServer(connection, cancellationToken);
            var errors = await FindErrors(connection, cancellationToken);
            if (errors.Count > 0)
                throw new DatabaseUnavailableException(string.Join(Environment.NewLine, errors));

            var exists = await Number(connection, null, VersionTableExists, cancellationToken) != 0;
            var found = exists ? await AppliedNumber(connection, null, cancellationToken) : 0;
            if (found < Needed)
                throw SchemaTooOldException.Of(found, Needed, Oldest);

            return found;
        });

    /// <inheritdoc/>
    public virtual Task<IReadOnlyList<string>> WriteGrants(
        string role,
        bool apply,
        CancellationToken cancellationToken
    ) => Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>
    /// Everything of the database, other than its schema, that keeps the product from working on it. One list, so that
    /// all of it is shown at once.
    /// </summary>
    /// <returns>Each error, with its remedy.</returns>
    protected virtual Task<IReadOnlyList<string>> FindErrors(
        DbConnection connection,
        CancellationToken cancellationToken
    ) => Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>Why the database can't be used, for the operator; null for an error that is ours.</summary>
    protected abstract DatabaseUnavailableException? Explain(DbException exception);

    private async Task<T> Explained<T>(Func<Task<T>> use)
    {
        try
        {
            return await use();
        }
        catch (DbException exception) when (Explain(exception) is { } explained)
        {
            throw explained;
        }
    }

    /// <summary>Creates the table that says which scripts were applied, if it is not there.</summary>
    protected abstract string CreateVersionTable { get; }

    /// <summary>Counts the tables that say which scripts were applied: 1 or 0.</summary>
    protected abstract string VersionTableExists { get; }

    /// <summary>Waits, inside the transaction, until no other process migrates.</summary>
    protected abstract string LockStatement { get; }

    /// <summary>Lets the database and its driver settle after the scripts were run.</summary>
    protected virtual Task Settle(DbConnection connection, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Refuses a server, or a way to it, that the product cannot work with.</summary>
    /// <exception cref="DatabaseUnavailableException">It cannot; the message says why and what to do.</exception>
    protected virtual Task CheckServer(DbConnection connection, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    private static async Task Execute(DbTransaction transaction, string text, CancellationToken cancellationToken)
    {
        await using var command = transaction.Connection!.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = text;

        // As long as it takes: an upgrade of many rows, or one of another process that is waited for.
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task Record(
        DbTransaction transaction,
        SchemaScript script,
        CancellationToken cancellationToken
    )
    {
        await using var command = transaction.Connection!.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "INSERT INTO schema_version (number, name) VALUES (@number, @name)";
        command.Set("number", script.Number);
        command.Set("name", script.Name);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static Task<int> AppliedNumber(
        DbConnection connection,
        DbTransaction? transaction,
        CancellationToken cancellationToken
    ) => Number(connection, transaction, "SELECT coalesce(max(number), 0) FROM schema_version", cancellationToken);

    private static async Task<int> Number(
        DbConnection connection,
        DbTransaction? transaction,
        string query,
        CancellationToken cancellationToken
    )
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = query;
        return Convert.ToInt32(await command.ExecuteScalarAsync(cancellationToken));
    }
}

using System.Data.Common;
using System.Globalization;

namespace Orleans.Workflow.Storage;

/// <summary>Short statements on either database, each on a connection of the pool.</summary>
internal static class DbDataSourceExtensions
{
    /// <summary>Reads every row.</summary>
    public static Task<List<T>> ReadAll<T>(
        this DbDataSource dataSource,
        string text,
        Func<DbDataReader, T> read,
        CancellationToken cancellationToken,
        params (string Name, object? Value)[] values
    ) => dataSource.ReadAll(command => command.Write(text, values), read, cancellationToken);

    /// <summary>Reads every row.</summary>
    /// <param name="dataSource">Where.</param>
    /// <param name="write">Writes the statement.</param>
    /// <param name="read">Reads a row.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static async Task<List<T>> ReadAll<T>(
        this DbDataSource dataSource,
        Action<DbCommand> write,
        Func<DbDataReader, T> read,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        write(command);
        return await command.ReadAll(read, cancellationToken);
    }

    /// <summary>
    /// Reads every row of a query over a whole table. It takes turns with writers, on one processor: its reader can
    /// wait.
    /// </summary>
    /// <param name="dataSource">Where.</param>
    /// <param name="settings">A statement that sets up the transaction; null for none.</param>
    /// <param name="write">Writes the query.</param>
    /// <param name="read">Reads a row.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static async Task<List<T>> ReadWhole<T>(
        this DbDataSource dataSource,
        string? settings,
        Action<DbCommand> write,
        Func<DbDataReader, T> read,
        CancellationToken cancellationToken
    )
    {
        if (settings is null)
            return await dataSource.ReadAll(write, read, cancellationToken);

        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = settings;
        await command.ExecuteNonQueryAsync(cancellationToken);
        write(command);
        return await command.ReadAll(read, cancellationToken);
    }

    /// <summary>Reads the first row; the default if there is none.</summary>
    public static async Task<T?> ReadFirst<T>(
        this DbDataSource dataSource,
        string text,
        Func<DbDataReader, T> read,
        CancellationToken cancellationToken,
        params (string Name, object? Value)[] values
    ) => (await dataSource.ReadAll(text, read, cancellationToken, values)).FirstOrDefault();

    /// <summary>Runs a statement.</summary>
    /// <returns>How many rows it changed.</returns>
    public static async Task<int> Execute(
        this DbDataSource dataSource,
        string text,
        CancellationToken cancellationToken,
        params (string Name, object? Value)[] values
    )
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.Write(text, values);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Runs statements in one transaction.</summary>
    public static async Task<T> Transact<T>(
        this DbDataSource dataSource,
        Func<DbTransaction, Task<T>> work,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var result = await work(transaction);
        await transaction.CommitAsync(cancellationToken);
        return result;
    }

    /// <summary>Runs a statement in a transaction.</summary>
    /// <returns>How many rows it changed.</returns>
    public static async Task<int> Execute(
        this DbTransaction transaction,
        string text,
        CancellationToken cancellationToken,
        params (string Name, object? Value)[] values
    )
    {
        await using var command = transaction.Command(text, values);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Reads a number in a transaction.</summary>
    public static async Task<long> Count(
        this DbTransaction transaction,
        string text,
        CancellationToken cancellationToken,
        params (string Name, object? Value)[] values
    )
    {
        await using var command = transaction.Command(text, values);
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture);
    }

    private static DbCommand Command(this DbTransaction transaction, string text, (string Name, object? Value)[] values)
    {
        var command = transaction.Connection!.CreateCommand();
        command.Transaction = transaction;
        command.Write(text, values);
        return command;
    }
}

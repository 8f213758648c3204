using System.Data.Common;
using System.Globalization;
using System.Text;
using Npgsql;
using Orleans.Workflow.Grains.Notifications;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Operators;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Storage.Retention;

/// <summary>
/// Erases what is known of a person: the bodies of their facts, and those of refused requests and the notes of
/// operators that hold their number.
/// What is left is a keyed hash, so that facts about them that come later are recognised and kept without a body.
/// Counts, effects and identities stay.
/// </summary>
public sealed class SqlErasure(DbDataSource dataSource, ReadDialect dialect)
{
    /// <summary>What is stored in place of a body that was removed.</summary>
    internal const string ErasedBody = "{}";

    /// <summary>The same as bytes.</summary>
    internal static readonly byte[] RemovedBody = Encoding.UTF8.GetBytes(ErasedBody);

    /// <summary>How many characters a number must have: a shorter one would be found in bodies of others.</summary>
    public const int MinLength = 6;

    // Waits for all commits of facts that are under way, and lets no other begin: it would not see the hash.
    private const string Lock = "LOCK TABLE fact, rejected IN SHARE ROW EXCLUSIVE MODE";

    private const string Remember = """
        INSERT INTO erased_callee (callee_hash, erased_at) VALUES (@callee_hash, @now)
        ON CONFLICT (callee_hash) DO NOTHING
        """;

    private const string EraseFacts =
        "UPDATE fact SET body = @erased WHERE callee_hash = @callee_hash AND body <> @erased";

    private static string EraseRefused(string contains) =>
        $"UPDATE rejected SET body = NULL, detail = 'Erased.' WHERE body IS NOT NULL AND {contains}";

    private static string EraseNotes(string contains) =>
        $"UPDATE operator_action SET detail = 'Erased.' WHERE detail IS NOT NULL AND {contains}";

    /// <summary>Erases a person.</summary>
    /// <param name="callee">Their number or address, with or without a leading plus.</param>
    /// <param name="action">What is written down of it. Its time is kept.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<Erasure> Erase(string callee, OperatorAction action, CancellationToken cancellationToken)
    {
        var hashes = await FactHashes.Load(dataSource, cancellationToken);
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var isPostgres = connection is NpgsqlConnection;
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (isPostgres)
            await Execute(transaction, Lock);

        await Execute(transaction, Remember);
        var facts = await Execute(transaction, EraseFacts);
        var refused = await Execute(
            transaction,
            EraseRefused(isPostgres ? "position(@number IN body) > 0" : "instr(body, @number) > 0")
        );
        await Execute(
            transaction,
            EraseNotes(isPostgres ? "position(@text IN detail) > 0" : "instr(detail, @text) > 0")
        );
        await SqlOperatorLog.Add(
            transaction,
            dialect,
            action with
            {
                Result = string.Create(CultureInfo.InvariantCulture, $"{facts} facts, {refused} refused requests"),
            },
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);

        // The log of SQLite still has the pages as they were.
        if (!isPostgres)
            await MoveLog(connection, cancellationToken);

        return new Erasure(facts, refused);

        async Task<int> Execute(DbTransaction within, string statement)
        {
            await using var command = connection.CreateCommand();
            command.Transaction = within;
            command.CommandText = statement;
            command.CommandTimeout = 0;
            if (statement != Lock)
            {
                command.Set("callee_hash", dialect.WriteId(hashes.OfCallee(callee)));
                command.Set("now", action.At.ToUnixTimeMilliseconds());
                command.Set("erased", RemovedBody);
                command.Set("number", Encoding.UTF8.GetBytes(Callees.Normalise(callee)));
                command.Set("text", Callees.Normalise(callee));
            }

            return await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>Moves the whole log of SQLite into the file, as soon as no reader needs it.</summary>
    private static async Task MoveLog(DbConnection connection, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
        while (Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken)) != 0)
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken);
    }
}

/// <summary>What an erasure did.</summary>
/// <param name="Facts">How many facts lost their body.</param>
/// <param name="RefusedRequests">How many refused requests lost their body.</param>
public sealed record Erasure(int Facts, int RefusedRequests);

using Npgsql;
using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Storage.Postgres;

/// <summary>The leader lock in PostgreSQL: an advisory lock of a transaction, open as long as the lead.</summary>
internal sealed class PostgresLeaderLock(PostgresConnections connections) : ILeaderLock
{
    // Any number will do that no other program locks in this database, beside that of a table: each schema is an
    // installation of its own. Builds that are replaced while others run lock the same numbers.
    private const int RetentionNumber = 0x4F57_0002;
    private const int RefoldNumber = 0x4F57_0003;

    /// <inheritdoc/>
    public async Task<IAsyncDisposable?> TryTake(LeaderTask task, CancellationToken cancellationToken)
    {
        var number = task switch
        {
            LeaderTask.Retention => RetentionNumber,
            LeaderTask.Refold => RefoldNumber,
            _ => throw new ArgumentOutOfRangeException(nameof(task), task, "Not a task."),
        };
        var connection = await connections.Open(cancellationToken);
        try
        {
            // Of the transaction, not of the session: behind a pooler the next statement may come to another session.
            // A machine that vanishes closes no connection: the server asks after it, and frees the lock after 15 s.
            var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await using var command = new NpgsqlCommand(
                $"""
                SELECT pg_try_advisory_xact_lock({number}, 'baseline'::regclass::oid::int),
                  set_config('tcp_keepalives_idle', '5', true), set_config('tcp_keepalives_interval', '5', true),
                  set_config('tcp_keepalives_count', '2', true)
                """,
                connection,
                transaction
            );
            if (await command.ExecuteScalarAsync(cancellationToken) is true)
                return new Lead(connection, transaction);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        await connection.DisposeAsync();
        return null;
    }

    private sealed class Lead(NpgsqlConnection connection, NpgsqlTransaction transaction) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            try
            {
                await transaction.DisposeAsync();
            }
            catch (NpgsqlException)
            {
                // The connection is gone, and the lock with it.
            }
            finally
            {
                await connection.DisposeAsync();
            }
        }
    }
}

using Npgsql;
using Orleans.Workflow.Storage.Postgres;

namespace Orleans.Workflow.Storage.Retention;

/// <summary>
/// The lead in removing: an advisory lock of PostgreSQL, held by a transaction of its own, so that it is free as soon
/// as its process is gone. A SQLite file has one process, which always leads.
/// </summary>
internal sealed class RetentionLead(NpgsqlConnection? connection, NpgsqlTransaction? transaction) : IAsyncDisposable
{
    // Any number will do that no other program locks in this database, beside that of a table: each schema is an
    // installation of its own.
    private const int LockNumber = 0x4F57_0002;

    /// <summary>Takes the lead; null while another process has it.</summary>
    public static async Task<IAsyncDisposable?> TryTake(
        PostgresConnections? connections, CancellationToken cancellationToken)
    {
        if (connections is null)
            return new RetentionLead(null, null);

        var connection = await connections.Open(cancellationToken);
        try
        {
            // Of the transaction, not of the session: behind a pooler the next statement may come to another session.
            var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await using var command = new NpgsqlCommand(
                $"SELECT pg_try_advisory_xact_lock({LockNumber}, 'baseline'::regclass::oid::int)", connection, transaction);
            if (await command.ExecuteScalarAsync(cancellationToken) is true)
                return new RetentionLead(connection, transaction);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        await connection.DisposeAsync();
        return null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (connection is null)
            return;

        try
        {
            await transaction!.DisposeAsync();
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

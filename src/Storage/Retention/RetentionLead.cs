using Npgsql;

namespace Orleans.Workflow.Storage.Retention;

/// <summary>
/// The lead in removing: an advisory lock of PostgreSQL, held by a connection of its own, so that it is free as soon as its process is
/// gone. A SQLite file has one process, which always leads.
/// </summary>
internal sealed class RetentionLead(NpgsqlConnection? connection) : IAsyncDisposable
{
    // Any number will do that no other program locks in this database.
    private const long LockNumber = 0x4F574C_4F57_0002;

    /// <summary>Takes the lead; null while another process has it.</summary>
    public static async Task<IAsyncDisposable?> TryTake(NpgsqlDataSource? dataSource, CancellationToken cancellationToken)
    {
        if (dataSource is null)
            return new RetentionLead(null);

        var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = new NpgsqlCommand($"SELECT pg_try_advisory_lock({LockNumber})", connection);
            if (await command.ExecuteScalarAsync(cancellationToken) is true)
                return new RetentionLead(connection);
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
            await using var command = new NpgsqlCommand($"SELECT pg_advisory_unlock({LockNumber})", connection);
            await command.ExecuteNonQueryAsync();
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

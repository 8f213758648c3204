using Npgsql;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Connections;

/// <summary>Kills backends of PostgreSQL at the worst moment.</summary>
/// <param name="connectionString">The database, not through the proxy.</param>
internal sealed class ConnectionKiller(string connectionString) : IAsyncDisposable
{
    private readonly NpgsqlDataSource _database = new NpgsqlDataSourceBuilder(connectionString).Build();

    /// <summary>How many backends were killed in the midst of a commit.</summary>
    public int KilledInCommit { get; private set; }

    /// <summary>
    /// Holds a table that commits write to, waits until one is stuck in the midst, and kills its backend.
    /// </summary>
    public async Task KillInCommit(string table)
    {
        await using var connection = await _database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await Ask(connection, $"LOCK TABLE {table} IN SHARE MODE");

        // On a connection of its own: inside a transaction the server shows its activity as it was at the first look.
        await using var observer = await _database.OpenConnectionAsync();
        await Deadline.Until(
            async () =>
            {
                var killed = await Ask(
                    observer,
                    """
                    SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'WITH input AS%'
                    """
                );
                KilledInCommit += (int)killed;
                return killed > 0;
            },
            "a commit is under way"
        );
        await transaction.RollbackAsync();
    }

    /// <summary>Kills every backend of the silo.</summary>
    public async Task KillAll()
    {
        await using var connection = await _database.OpenConnectionAsync();
        await Ask(
            connection,
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() "
                + "AND application_name = 'orleans-workflow'"
        );
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private static async Task<long> Ask(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync() as long? ?? 0;
    }
}

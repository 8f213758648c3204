using Npgsql;

namespace Orleans.Workflow.Testing.Postgres;

/// <summary>
/// Terminates sessions during the queries that follow the log of changes, as an administrator or a failover does.
/// </summary>
/// <param name="connectionString">The database, as a user who may terminate sessions.</param>
/// <param name="applicationName">The application name of the sessions.</param>
public sealed class SessionTerminator(string connectionString, string applicationName) : IAsyncDisposable
{
    // The loop runs in the server, so that it meets queries of a millisecond.
    private const string Round = """
        DO $$
        DECLARE
          found integer;
        BEGIN
          FOR i IN 1..200 LOOP
            PERFORM pg_stat_clear_snapshot();
            FOR found IN
              SELECT a.pid FROM pg_stat_activity a JOIN victim v ON v.name = a.application_name
              WHERE a.datname = current_database() AND a.state = 'active'
                AND (a.query LIKE '%pg_locks%' OR (i % 20 = 0 AND a.query LIKE '%\_horizon%'))
            LOOP
              PERFORM pg_terminate_backend(found);
              INSERT INTO terminated VALUES (found);
            END LOOP;
            PERFORM pg_sleep(0.001);
          END LOOP;
        END
        $$
        """;

    private readonly NpgsqlDataSource _database = new NpgsqlDataSourceBuilder(connectionString).Build();

    /// <summary>Terminates sessions until a number of them have ended.</summary>
    public async Task Run(int sessions)
    {
        await using var connection = await _database.OpenConnectionAsync();
        await Execute(connection, "CREATE TEMPORARY TABLE terminated (pid integer)");
        await Execute(connection, "CREATE TEMPORARY TABLE victim (name text)");
        await using (var victim = new NpgsqlCommand("INSERT INTO victim VALUES ($1)", connection))
        {
            victim.Parameters.Add(new NpgsqlParameter { Value = applicationName });
            await victim.ExecuteNonQueryAsync();
        }

        long terminated;
        do
        {
            await Execute(connection, Round);
            await using var count = new NpgsqlCommand("SELECT count(DISTINCT pid) FROM terminated", connection);
            terminated = (long)(await count.ExecuteScalarAsync())!;
        } while (terminated < sessions);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private static async Task Execute(NpgsqlConnection connection, string sql)
    {
#pragma warning disable CA2100 // Statements come from this class.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}

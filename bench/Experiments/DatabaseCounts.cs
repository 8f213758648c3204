using Npgsql;

namespace Orleans.Workflow.Benchmarks.Experiments;

/// <summary>What a database counts of its own work.</summary>
/// <param name="Commits">Transactions committed.</param>
/// <param name="Rows">Rows written to tables.</param>
/// <param name="Chunks">Rows written to TOAST tables, into which PostgreSQL puts values of more than 2 kB in
/// pieces.</param>
/// <param name="Statements">Statements run.</param>
/// <param name="LogBytes">Bytes of the write-ahead log of the whole server.</param>
internal sealed record DatabaseCounts(long Commits, long Rows, long Chunks, long Statements, long LogBytes)
{
    // Sessions that are idle report what they did after ten seconds at the latest (PGSTAT_IDLE_INTERVAL).
    private static readonly TimeSpan ReportingDelay = TimeSpan.FromSeconds(11);

    private const string Query = """
        SELECT d.xact_commit,
               (SELECT coalesce(sum(t.n_tup_ins + t.n_tup_upd + t.n_tup_del), 0)::bigint FROM pg_stat_user_tables t),
               (SELECT coalesce(sum(t.n_tup_ins), 0)::bigint FROM pg_stat_sys_tables t WHERE t.schemaname = 'pg_toast'),
               (SELECT coalesce(sum(s.calls), 0)::bigint FROM pg_stat_statements s WHERE s.dbid = d.datid),
               (pg_current_wal_insert_lsn() - '0/0')::bigint
        FROM pg_stat_database d WHERE d.datname = current_database()
        """;

    /// <summary>Reads the counts once all sessions have reported theirs.</summary>
    public static async Task<DatabaseCounts> ReadAsync(string administration, string database)
    {
        await Task.Delay(ReportingDelay, TimeProvider.System);
        var connection = new NpgsqlConnectionStringBuilder(administration) { Database = database, Pooling = false };
        await using var dataSource = NpgsqlDataSource.Create(connection);
        await using var command = dataSource.CreateCommand(Query);
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return new DatabaseCounts(
            reader.GetInt64(0),
            reader.GetInt64(1),
            reader.GetInt64(2),
            reader.GetInt64(3),
            reader.GetInt64(4)
        );
    }

    public DatabaseCounts Since(DatabaseCounts before) =>
        new(
            Commits - before.Commits,
            Rows - before.Rows,
            Chunks - before.Chunks,
            Statements - before.Statements,
            LogBytes - before.LogBytes
        );
}

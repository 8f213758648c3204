using Npgsql;

namespace Orleans.Workflow.Benchmarks.Experiments;

/// <summary>What a database counts of its own work.</summary>
internal sealed record DatabaseCounts(long Commits, long RowsWritten, long Statements)
{
    // Sessions that are idle report what they did after ten seconds at the latest (PGSTAT_IDLE_INTERVAL).
    private static readonly TimeSpan ReportingDelay = TimeSpan.FromSeconds(11);

    private const string Query =
        """
        SELECT d.xact_commit, d.tup_inserted + d.tup_updated + d.tup_deleted,
               (SELECT coalesce(sum(s.calls), 0)::bigint FROM pg_stat_statements s WHERE s.dbid = d.datid)
        FROM pg_stat_database d WHERE d.datname = $1
        """;

    /// <summary>Reads the counts once all sessions have reported theirs.</summary>
    public static async Task<DatabaseCounts> ReadAsync(string administration, string database)
    {
        await Task.Delay(ReportingDelay, TimeProvider.System);
        await using var dataSource = NpgsqlDataSource.Create(administration);
        await using var command = dataSource.CreateCommand(Query);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = database });
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return new DatabaseCounts(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
    }

    public DatabaseCounts Since(DatabaseCounts before) =>
        new(Commits - before.Commits, RowsWritten - before.RowsWritten, Statements - before.Statements);
}

using Microsoft.Data.Sqlite;
using Orleans.Workflow.Storage.Sqlite;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Sqlite;

/// <summary>The log of SQLite is moved into the file.</summary>
public sealed class SqliteCheckpointerTests
{
    private const int Commits = 1_500, LongLog = 200, PageSize = 4096;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    [Fact]
    public async Task The_log_begins_anew_beside_a_writer_that_never_rests()
    {
        using var databases = new SqliteDatabases();
        await using var dataSource = new SqliteDataSource((await databases.CreateAsync()).ConnectionString);
        await using var writer = dataSource.OpenUnpooled();
        Execute(writer, "CREATE TABLE written (number INTEGER PRIMARY KEY, bytes BLOB NOT NULL)");
        var committing = new Lock();
        using (new SqliteCheckpointer(dataSource, committing, LongLog, Interval))
        {
            for (var number = 0; number < Commits; number++)
            {
                lock (committing)
                    Execute(writer, $"INSERT INTO written VALUES ({number}, zeroblob({10 * PageSize}))");
            }
        }

        // Some 18,000 pages were written. The log is as long as it ever was.
        new FileInfo(writer.DataSource + "-wal").Length.ShouldBeInRange(LongLog * PageSize, 6_000 * PageSize);
        Numbers(writer, "SELECT count(*) FROM written WHERE length(bytes) = 40960").ShouldBe([Commits]);
    }

    [Fact]
    public async Task A_log_that_is_quiet_is_moved_however_short_it_is()
    {
        using var databases = new SqliteDatabases();
        await using var dataSource = new SqliteDataSource((await databases.CreateAsync()).ConnectionString);
        await using var writer = dataSource.OpenUnpooled();
        using var checkpointer = new SqliteCheckpointer(dataSource, new Lock(), interval: Interval);

        Execute(writer, "CREATE TABLE written (number INTEGER PRIMARY KEY)");

        // Busy or not, how many pages the log has, and how many of them are moved.
        while (Numbers(writer, "PRAGMA wal_checkpoint(NOOP)") is var log && (log[1] == 0 || log[1] != log[2]))
            await Task.Delay(Interval, TimeProvider.System, TestContext.Current.CancellationToken);
    }

    private static long[] Numbers(SqliteConnection connection, string text)
    {
        using var command = connection.CreateCommand();
        command.CommandText = text;
        using var row = command.ExecuteReader();
        row.Read();
        return [.. Enumerable.Range(0, row.FieldCount).Select(row.GetInt64)];
    }

    private static void Execute(SqliteConnection connection, string text)
    {
        using var command = connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }
}

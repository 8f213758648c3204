using Microsoft.Data.Sqlite;
using Orleans.Workflow.Storage.Sqlite;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Sqlite;

/// <summary>The log of SQLite is moved into the file.</summary>
public sealed class SqliteCheckpointerTests
{
    // Of one page and the few that lead to it: on a busy machine the checkpointer has its turn late, and the log stays
    // small meanwhile.
    private const int MaxCommits = 60_000,
        LongLog = 200,
        PageSize = 4096;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    [Fact]
    public async Task The_log_is_written_from_its_start_again_beside_a_writer_that_never_rests()
    {
        using var databases = new SqliteDatabases();
        await using var dataSource = new SqliteDataSource((await databases.CreateAsync()).ConnectionString);
        await using var writer = dataSource.OpenUnpooled();
        Execute(writer, "CREATE TABLE written (number INTEGER PRIMARY KEY, bytes BLOB NOT NULL)");
        var committing = new Lock();
        var log = new FileInfo(writer.DataSource + "-wal");
        var commits = 0L;
        using (new SqliteCheckpointer(dataSource, committing, LongLog, Interval))
        {
            // The file of the log is as long as the log ever was.
            do
            {
                lock (committing)
                    Execute(writer, $"INSERT INTO written VALUES ({commits++}, zeroblob({PageSize}))");

                log.Refresh();
            } while (commits < MaxCommits && (commits < 4 * LongLog || log.Length * 3 > commits * PageSize));
        }

        (log.Length * 3).ShouldBeLessThanOrEqualTo(commits * PageSize, "the log was written from its start again");
        Numbers(writer, "SELECT count(*) FROM written WHERE length(bytes) = 4096").ShouldBe([commits]);
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
        await Deadline.Until(
            () => Numbers(writer, "PRAGMA wal_checkpoint(NOOP)") is [_, > 0 and var pages, var moved] && pages == moved,
            "all of the log is moved"
        );
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

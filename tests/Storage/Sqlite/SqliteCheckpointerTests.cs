using Microsoft.Data.Sqlite;
using Orleans.Workflow.Storage.Sqlite;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Sqlite;

/// <summary>The log of SQLite under a writer that never rests.</summary>
public sealed class SqliteCheckpointerTests
{
    private const int Commits = 1_500, LongLog = 200, PageSize = 4096;

    [Fact]
    public async Task The_log_begins_anew_beside_a_writer_that_never_rests()
    {
        using var databases = new SqliteDatabases();
        await using var dataSource = new SqliteDataSource((await databases.CreateAsync()).ConnectionString);
        await using var writer = dataSource.OpenWriter();
        Execute(writer, "CREATE TABLE written (number INTEGER PRIMARY KEY, bytes BLOB NOT NULL)");
        SqliteCheckpointer.TakesOver(writer);
        using (var checkpointer = new SqliteCheckpointer(dataSource, LongLog))
        {
            for (var number = 0; number < Commits; number++)
            {
                Execute(writer, $"INSERT INTO written VALUES ({number}, zeroblob({10 * PageSize}))");
                checkpointer.Committed(writer);
            }
        }

        // Some 18,000 pages were written. The log is as long as it ever was.
        new FileInfo(writer.DataSource + "-wal").Length.ShouldBeInRange(LongLog * PageSize, 6_000 * PageSize);
        using var count = writer.CreateCommand();
        count.CommandText = "SELECT count(*) FROM written WHERE length(bytes) = 40960";
        count.ExecuteScalar().ShouldBe((long)Commits);
    }

    private static void Execute(SqliteConnection connection, string text)
    {
        using var command = connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }
}

using Microsoft.Data.Sqlite;
using Orleans.Workflow.Storage.Sqlite;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Sqlite;

/// <summary>Commits of any size through the log that is written in one go.</summary>
public sealed class GatheringLogTests
{
    private const int PageSize = 4096;

    /// <summary>The log takes 31 pages at once; the cache is made so small that pages go to the log, and are read from it, before the commit.</summary>
    [Theory]
    [InlineData(1, 65536)]
    [InlineData(40, 65536)]
    [InlineData(3_000, 65536)]
    [InlineData(3_000, 100)]
    public async Task What_is_committed_is_there_for_others(int pages, int cacheKiB)
    {
        using var databases = new SqliteDatabases();
        await using var dataSource = new SqliteDataSource((await databases.CreateAsync()).ConnectionString);
        await using var writer = dataSource.OpenWriter();
        await using var reader = dataSource.OpenConnection();
        Execute(writer, $"PRAGMA cache_size = -{cacheKiB}; CREATE TABLE written (number INTEGER PRIMARY KEY, bytes BLOB NOT NULL)");

        for (var commit = 1; commit <= 3; commit++)
        {
            Execute(writer, "BEGIN");
            Execute(writer, $"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {pages}) INSERT INTO written (bytes) SELECT randomblob({PageSize}) FROM n");
            Execute(writer, "UPDATE written SET bytes = zeroblob(10) WHERE number % 3 = 0");
            Read(writer, "SELECT count(*) FROM written").ShouldBe(commit * pages);
            Read(reader, "SELECT count(*) FROM written").ShouldBe((commit - 1) * pages, "nobody sees what is not committed");
            Execute(writer, "COMMIT");
            Read(reader, "SELECT count(*) FROM written").ShouldBe(commit * pages);
        }

        Execute(writer, "BEGIN; DELETE FROM written; ROLLBACK");
        Read(reader, "SELECT count(*) FROM written").ShouldBe(3 * pages);
        Read(writer, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'").ShouldBe(1);
    }

    [Fact]
    public async Task A_copy_of_the_files_as_they_are_on_the_disk_holds_every_commit()
    {
        using var databases = new SqliteDatabases();
        await using var dataSource = new SqliteDataSource((await databases.CreateAsync()).ConnectionString);
        await using var writer = dataSource.OpenWriter();
        Execute(writer, "CREATE TABLE written (number INTEGER PRIMARY KEY, bytes BLOB NOT NULL)");
        for (var number = 1; number <= 20; number++)
        {
            Execute(writer, $"INSERT INTO written VALUES ({number}, randomblob({number * PageSize}))");
            var copy = $"{writer.DataSource}-{number}";
            File.Copy(writer.DataSource, copy);
            File.Copy(writer.DataSource + "-wal", copy + "-wal");

            await using var restored = new SqliteConnection($"Data Source={copy};Pooling=False");
            await restored.OpenAsync(TestContext.Current.CancellationToken);
            Read(restored, "SELECT count(*) FROM written").ShouldBe(number);
        }
    }

    private static long Read(SqliteConnection connection, string text)
    {
        using var command = connection.CreateCommand();
        command.CommandText = text;
        return (long)command.ExecuteScalar()!;
    }

    private static void Execute(SqliteConnection connection, string text)
    {
        using var command = connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }
}

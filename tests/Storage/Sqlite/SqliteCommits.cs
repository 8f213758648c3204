using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Commit;
using Orleans.Workflow.Storage.Sqlite;
using Orleans.Workflow.Storage.Tests.Hosting;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Storage.Tests.Sqlite;

/// <summary>What a commit on SQLite leaves on the disk, and what a failed one leaves.</summary>
public sealed class SqliteCommits
{
    private static readonly RowKey Key = RowKey.OfWorkflow("a");

    [Fact]
    public async Task A_copy_of_the_files_after_a_commit_holds_it()
    {
        using var databases = new SqliteDatabases();
        await using var dataSource = new SqliteDataSource((await databases.CreateAsync()).ConnectionString);
        await new SqliteSchema(dataSource, NullLogger<SqliteSchema>.Instance).Migrate(CancellationToken.None);
        var file = SqliteFile.PathOf(dataSource.ConnectionString);
        using var database = new SqliteStateDatabase(dataSource, "tests");
        for (var version = 1; version <= 20; version++)
        {
            await Write(database, version - 1, [(byte)version]);
            var copy = $"{file}-{version}";
            File.Copy(file, copy);
            File.Copy(file + "-wal", copy + "-wal");

            await using var copied = new SqliteDataSource($"Data Source={copy};Pooling=False");
            using var restored = new SqliteStateDatabase(copied, "tests");
            (await Read(restored)).ShouldBe((version, $"{version:X2}"));
        }
    }

    [Fact]
    public async Task Connections_that_are_kept_wait_and_flush_as_set()
    {
        using var databases = new SqliteDatabases();
        await using var dataSource = new SqliteDataSource((await databases.CreateAsync()).ConnectionString);
        await using var connection = dataSource.OpenUnpooled();
        Scalar(connection, "PRAGMA journal_mode").ShouldBe("wal");
        Scalar(connection, "PRAGMA synchronous").ShouldBe(2L);
        Scalar(connection, "PRAGMA busy_timeout").ShouldBe(10_000L);
    }

    [Fact]
    public async Task A_commit_waits_for_another_writer_and_fails_without_a_trace_if_that_takes_too_long()
    {
        using var databases = new SqliteDatabases();
        await using var dataSource = new SqliteDataSource((await databases.CreateAsync()).ConnectionString);
        await new SqliteSchema(dataSource, NullLogger<SqliteSchema>.Instance).Migrate(CancellationToken.None);
        using var database = new SqliteStateDatabase(dataSource, "tests");
        await using var other = dataSource.OpenUnpooled();

        var brief = other.BeginTransaction(deferred: false);
        var waiting = Task.Run(() => Write(database, 0, [1]), TestContext.Current.CancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
        waiting.IsCompleted.ShouldBeFalse();
        await brief.CommitAsync(TestContext.Current.CancellationToken);
        await waiting;

        await using (other.BeginTransaction(deferred: false))
        {
            var failure = await Should.ThrowAsync<SqliteException>(
                Task.Run(() => Write(database, 1, [2]), TestContext.Current.CancellationToken)
            );
            failure.SqliteErrorCode.ShouldBe(5, "SQLITE_BUSY");
        }

        (await Read(database)).ShouldBe((1, "01"));
        await Write(database, 1, [3]);
        (await Read(database)).ShouldBe((2, "03"));
    }

    [Fact]
    public async Task A_commit_that_finds_no_room_is_rolled_back_and_a_later_one_goes_through()
    {
        await using var disk = await SmallDisk.MountAsync();
        await using var dataSource = new SqliteDataSource($"Data Source={disk.Folder}/workflows.db;Pooling=False");
        await new SqliteSchema(dataSource, NullLogger<SqliteSchema>.Instance).Migrate(CancellationToken.None);
        using var database = new SqliteStateDatabase(dataSource, "tests");
        await Write(database, 0, [1]);

        await disk.FillAsync(TestContext.Current.CancellationToken);
        var failure = await Should.ThrowAsync<SqliteException>(() => Write(database, 1, new byte[100_000]));
        database.CauseOf(failure).ShouldBe(FailureCause.Database);
        database.ProvesRollback(failure).ShouldBeFalse();
        await Should.ThrowAsync<SqliteException>(() => Write(database, 1, new byte[100_000]));
        (await Read(database)).ShouldBe((1, "01"));

        disk.MakeRoom();
        await Write(database, 1, [2]);
        (await Read(database)).ShouldBe((2, "02"));
    }

    [Fact]
    public async Task Values_are_stored_as_what_they_are()
    {
        using var databases = new SqliteDatabases();
        await using var dataSource = new SqliteDataSource((await databases.CreateAsync()).ConnectionString);
        await using var connection = dataSource.OpenUnpooled();
        string[] names = ["@a", "@b", "@c", "@d", "@e", "@f"];
        var columns = names.Select(static name => $"typeof({name})");
        using var types = connection.Prepare($"SELECT {string.Join(" || ' ' || ", columns)}", names);

        types
            .With("text", 1, 2L, new byte[] { 1 }, (ReadOnlyMemory<byte>)new byte[] { 1 }, (int?)3)
            .ExecuteScalar()
            .ShouldBe("text integer integer blob blob integer");
        types
            .With(string.Empty, (int?)null, null, Array.Empty<byte>(), ReadOnlyMemory<byte>.Empty)
            .ExecuteScalar()
            .ShouldBe("text null null blob blob null", "nothing is left of the values before");
    }

    private static async Task Write(SqliteStateDatabase database, int version, byte[] payload)
    {
        var commit = Sample.Commit("a", version: version == 0 ? null : version) with { State = payload };
        (await database.Write([new StateWrite(commit)], CancellationToken.None)).ShouldBe([
            new CommitResult.Committed(version + 1),
        ]);
    }

    private static async Task<(int? Version, string Payload)> Read(SqliteStateDatabase database)
    {
        var state = (await database.Read([new StateRead(Key)], CancellationToken.None))[0].ShouldNotBeNull();
        return (state.Version, Convert.ToHexString(state.State.ShouldNotBeNull()));
    }

    private static object? Scalar(SqliteConnection connection, string text)
    {
        using var command = connection.CreateCommand();
        command.CommandText = text;
        return command.ExecuteScalar();
    }
}

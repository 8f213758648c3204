using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Commit;
using Orleans.Workflow.Storage.Sqlite;
using Orleans.Workflow.Storage.Tests.Hosting;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Storage.Tests.Sqlite;

/// <summary>What could not be opened once is opened later.</summary>
public sealed class SqliteReopening
{
    [Fact]
    public async Task A_file_that_could_not_be_opened_once_is_opened_later_for_writing_and_for_reading()
    {
        var folder = DatabaseFolder.Create("owf-sqlite-");
        try
        {
            var file = Path.Combine(folder, "later", "workflows.db");
            await using var dataSource = new SqliteDataSource($"Data Source={file};Pooling=False");
            using var database = new SqliteStateDatabase(dataSource, "tests");
            var key = RowKey.OfWorkflow("a");
            var write = new StateWrite(Sample.Commit("a"));
            await Should.ThrowAsync<SqliteException>(() => database.Write([write], CancellationToken.None));
            await Should.ThrowAsync<SqliteException>(() => database.Read([new StateRead(key)], CancellationToken.None));
            await Should.ThrowAsync<SqliteException>(() => database.Probe(CancellationToken.None));

            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await new SqliteSchema(dataSource, NullLogger<SqliteSchema>.Instance).Migrate(CancellationToken.None);

            await database.Probe(CancellationToken.None);
            (await database.Write([write], CancellationToken.None)).ShouldBe([new CommitResult.Committed(1)]);
            (await database.Read([new StateRead(key)], CancellationToken.None))[0]
                .ShouldNotBeNull()
                .Version.ShouldBe(1);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

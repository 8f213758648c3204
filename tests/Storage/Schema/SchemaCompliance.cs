using Orleans.Workflow.Storage.Migrations;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Schema;

/// <summary>What the schema scripts must do on every database.</summary>
public abstract class SchemaCompliance(ITestDatabases databases)
{
    [Fact]
    public async Task Scripts_that_are_applied_twice_leave_the_same_schema()
    {
        var settings = await databases.CreateAsync();
        await using var database = new MigratedDatabase(settings);
        var all = await database.Schema.Migrate(CancellationToken.None);
        var once = await database.Dump();

        (await database.Schema.Migrate(CancellationToken.None)).ShouldBeEmpty("nothing is missing");
        await database.Execute("DELETE FROM schema_version");
        (await database.Schema.Migrate(CancellationToken.None)).ShouldBe(all, "all are applied again");

        (await database.Dump()).ShouldBe(once);
        once.ShouldContain("orleansstorage_by_key");
        await database.Schema.Check(CancellationToken.None);
    }

    [Fact]
    public async Task Scripts_that_are_applied_by_several_at_once_leave_the_same_schema()
    {
        await using var alone = new MigratedDatabase(await databases.CreateAsync());
        var all = await alone.Schema.Migrate(CancellationToken.None);
        var settings = await databases.CreateAsync();
        var many = Enumerable.Range(0, 6).Select(_ => new MigratedDatabase(settings)).ToList();

        var applied = await Task.WhenAll(many.Select(one => Task.Run(() => one.Schema.Migrate(CancellationToken.None)))).InTime();

        applied.Where(static scripts => scripts.Count > 0).ShouldHaveSingleItem().ShouldBe(all);
        (await many[0].Dump()).ShouldBe(await alone.Dump());
        foreach (var one in many)
            await one.DisposeAsync();
    }

    [Fact]
    public async Task A_database_without_a_schema_is_refused_with_the_way_to_mend_it()
    {
        await using var database = new MigratedDatabase(await databases.CreateAsync());

        var refusal = await Should.ThrowAsync<SchemaTooOldException>(() => database.Schema.Check(CancellationToken.None));

        refusal.Message.ShouldContain("is at 0");
        refusal.Message.ShouldContain("-- migrate");
    }

    [Fact]
    public async Task A_schema_that_lacks_the_last_script_is_refused_until_it_is_mended()
    {
        await using var database = new MigratedDatabase(await databases.CreateAsync());
        var all = await database.Schema.Migrate(CancellationToken.None);
        await database.Execute($"DELETE FROM schema_version WHERE number = {all.Count}");

        var refusal = await Should.ThrowAsync<SchemaTooOldException>(() => database.Schema.Check(CancellationToken.None));

        refusal.Message.ShouldContain($"is at {all.Count - 1}, this program needs {all.Count}");
        (await database.Schema.Migrate(CancellationToken.None)).ShouldBe([all[^1]]);
        await database.Schema.Check(CancellationToken.None);
    }

    [Fact]
    public async Task Rows_of_node_tasks_are_removed_and_no_others()
    {
        await using var database = new MigratedDatabase(await databases.CreateAsync());
        var all = await database.Schema.Migrate(CancellationToken.None);
        var removal = all.Single(static name => name.Contains("no_rows_of_node_tasks", StringComparison.Ordinal));
        await database.Execute($"DELETE FROM schema_version WHERE name >= '{removal}'");
        var grain = 0;
        foreach (var (state, key) in new[]
        {
            ("workflow", "wf/a"), ("workflow-snapshot", "wf/a"), ("node-task", "node/a/n"), ("node-task", "node/b/n"),
        })
        {
            await database.Execute(
                $"""
                INSERT INTO orleansstorage (grainidhash, grainidn0, grainidn1, graintypehash, graintypestring,
                  grainidextensionstring, serviceid, modifiedon, version)
                VALUES ({++grain}, 0, 0, 0, '{state}', '{key}', 's', '2026-11-01 10:00:00', 1)
                """);
        }

        (await database.Schema.Migrate(CancellationToken.None)).ShouldContain(removal);

        (await database.Lines("SELECT graintypestring FROM orleansstorage ORDER BY 1"))
            .ShouldBe(["workflow", "workflow-snapshot"]);
    }

    [Fact]
    public async Task A_script_that_fails_leaves_nothing_behind()
    {
        await using var database = new MigratedDatabase(await databases.CreateAsync());
        await database.Execute("CREATE TABLE workflow (somebody_elses integer)");

        await Should.ThrowAsync<Exception>(() => database.Schema.Migrate(CancellationToken.None));

        (await database.Dump()).ShouldNotContain("orleansstorage");
        await database.Execute("DROP TABLE workflow");
        await database.Schema.Migrate(CancellationToken.None);
        await database.Schema.Check(CancellationToken.None);
    }
}

/// <summary>The scripts on SQLite.</summary>
public sealed class SqliteSchemaScripts(SqliteDatabases databases) : SchemaCompliance(databases);

/// <summary>The scripts on PostgreSQL.</summary>
public sealed class PostgresSchemaScripts(PostgresDatabases databases) : SchemaCompliance(databases);

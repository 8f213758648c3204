using System.Data.Common;
using Npgsql;
using Orleans.Workflow.Storage.Migrations;
using Orleans.Workflow.Storage.Postgres;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Schema;

/// <summary>What the schema scripts must do on every database.</summary>
public abstract class SchemaCompliance(ITestDatabases databases)
{
    [Fact]
    public async Task Every_script_has_a_number_of_its_own()
    {
        var scripts = Scripts(await databases.CreateAsync());

        scripts.Select(static script => script.Number).ShouldBeUnique();
        scripts.Select(static script => script.Number).ShouldBe(scripts.Select(static script => script.Number).Order());
    }

    [Fact]
    public async Task Scripts_that_are_applied_twice_leave_the_same_schema()
    {
        var settings = await databases.CreateAsync();
        await using var database = new MigratedDatabase(settings);
        var all = await database.Schema.Migrate(CancellationToken.None);
        var once = await database.Dump();

        (await database.Schema.Migrate(CancellationToken.None)).ShouldBeEmpty("nothing is missing");

        (await database.Dump()).ShouldBe(once);
        once.ShouldContain("orleansstorage_by_key");
        all.ShouldBe(Scripts(settings).Select(static script => script.Name));
        await database.Schema.Check(CancellationToken.None);
    }

    [Fact]
    public async Task A_schema_whose_numbers_are_lost_is_not_made_again()
    {
        await using var database = new MigratedDatabase(await databases.CreateAsync());
        await database.Schema.Migrate(CancellationToken.None);
        var before = await database.Dump();
        await database.Execute("DELETE FROM schema_version");

        var refusal = await Should.ThrowAsync<DbException>(() => database.Schema.Migrate(CancellationToken.None));

        refusal.Message.ShouldContain("already exists");
        (await database.Dump()).ShouldBe(before);
        (await database.Numbers()).ShouldBeEmpty();
    }

    /// <summary>Also from the schema in which the baselines had another name.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task An_upgraded_schema_is_that_of_a_new_database(int firstUpgrade)
    {
        await using var created = new MigratedDatabase(await databases.CreateAsync());
        await created.Schema.Migrate(CancellationToken.None);
        var settings = await databases.CreateOldAsync();
        await using var upgraded = new MigratedDatabase(settings);
        var scripts = Scripts(settings);
        foreach (var script in scripts.Take(firstUpgrade).Skip(1))
        {
            await upgraded.Execute(script.Text);
            await upgraded.Execute(
                $"INSERT INTO schema_version (number, name) VALUES ({script.Number}, '{script.Name}')"
            );
        }

        var baselines = await upgraded.Lines("SELECT workflow_id FROM checkpoint ORDER BY 1");
        (await upgraded.Schema.Migrate(CancellationToken.None)).ShouldBe(
            scripts.Skip(firstUpgrade).Select(static script => script.Name)
        );

        (await upgraded.Dump()).ShouldBe(await created.Dump());
        baselines.ShouldNotBeEmpty();
        (await upgraded.Lines("SELECT workflow_id FROM baseline ORDER BY 1")).ShouldBe(baselines);
        await upgraded.Schema.Check(CancellationToken.None);
        (await upgraded.Schema.Migrate(CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_schema_that_is_too_old_to_be_upgraded_is_refused_and_stays_as_it_is()
    {
        var settings = await databases.CreateOldAsync();
        await using var database = new MigratedDatabase(settings);
        var (found, oldest) = await database.ForgetLastScript();
        var before = await database.Dump();

        foreach (var use in (Func<CancellationToken, Task>[])[database.Schema.Check, database.Schema.Migrate])
        {
            var refusal = await Should.ThrowAsync<SchemaTooOldException>(() => use(CancellationToken.None));
            refusal.Message.ShouldStartWith(
                $"The schema of the database is at {found}. This program needs {Scripts(settings)[^1].Number} "
                    + $"and can upgrade only from {oldest} on. Run migrate of a build before 2026-12 first"
            );
        }

        (await database.Dump()).ShouldBe(before);
        (await database.Numbers())[^1].ShouldBe(found);
    }

    [Fact]
    public async Task Scripts_that_are_applied_by_several_at_once_leave_the_same_schema()
    {
        await using var alone = new MigratedDatabase(await databases.CreateAsync());
        var all = await alone.Schema.Migrate(CancellationToken.None);
        var settings = await databases.CreateAsync();
        var many = Enumerable.Range(0, 6).Select(_ => new MigratedDatabase(settings)).ToList();

        var applied = await Task.WhenAll(many.Select(one => Task.Run(() => one.Schema.Migrate(CancellationToken.None))))
            .InTime();

        applied.Where(static scripts => scripts.Count > 0).ShouldHaveSingleItem().ShouldBe(all);
        (await many[0].Dump()).ShouldBe(await alone.Dump());
        foreach (var one in many)
            await one.DisposeAsync();
    }

    [Fact]
    public async Task A_database_without_a_schema_is_refused_with_the_command_that_creates_it()
    {
        await using var database = new MigratedDatabase(await databases.CreateAsync());

        var refusal = await Should.ThrowAsync<SchemaTooOldException>(() =>
            database.Schema.Check(CancellationToken.None)
        );

        refusal.Message.ShouldContain("is at 0");
        refusal.Message.ShouldContain("-- migrate");
    }

    [Fact]
    public async Task A_schema_that_lacks_the_last_script_is_refused_until_it_is_repaired()
    {
        await using var database = new MigratedDatabase(await databases.CreateAsync());
        var all = await database.Schema.Migrate(CancellationToken.None);
        var (found, needed) = await database.ForgetLastScript();

        var refusal = await Should.ThrowAsync<SchemaTooOldException>(() =>
            database.Schema.Check(CancellationToken.None)
        );

        refusal.Message.ShouldContain($"is at {found}, this program needs {needed}");
        (await database.Schema.Migrate(CancellationToken.None)).ShouldBe([all[^1]]);
        await database.Schema.Check(CancellationToken.None);
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

    private static IReadOnlyList<SchemaScript> Scripts(StorageSettings settings) =>
        SchemaScript.Of(settings.Provider == StorageProvider.Postgres ? "postgresql" : "sqlite");
}

/// <summary>The scripts on SQLite.</summary>
public sealed class SqliteSchemaScripts(SqliteDatabases databases) : SchemaCompliance(databases);

/// <summary>The scripts on PostgreSQL.</summary>
public sealed class PostgresSchemaScripts(PostgresDatabases databases) : SchemaCompliance(databases)
{
    [Fact]
    public async Task An_upgrade_may_take_longer_than_a_statement_of_the_service()
    {
        var settings = await databases.CreateAsync();
        await using var other = NpgsqlDataSource.Create(settings.ConnectionString);
        await using var connection = await other.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT pg_advisory_xact_lock({PostgresSchema.LockNumber})";
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await using var database = new MigratedDatabase(
            settings with
            {
                ConnectionString = settings.ConnectionString + ";Command Timeout=1",
            }
        );

        var migration = database.Schema.Migrate(CancellationToken.None);
        await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System, TestContext.Current.CancellationToken);
        migration.IsCompleted.ShouldBeFalse("another process migrates");
        await transaction.CommitAsync(TestContext.Current.CancellationToken);

        (await migration.InTime()).ShouldNotBeEmpty();
    }
}

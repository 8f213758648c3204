using Npgsql;
using Orleans.Workflow.Storage.Tests.Hosting;
using Orleans.Workflow.Storage.Tests.Start;

namespace Orleans.Workflow.Storage.Tests.Schema;

/// <summary>What the hosts do as processes when they cannot start.</summary>
public sealed class HostProcesses(PostgresDatabases postgres, SqliteDatabases sqlite)
{
    [Fact]
    public async Task Two_processes_that_migrate_at_once_leave_the_same_schema()
    {
        await using var alone = new MigratedDatabase(await postgres.CreateAsync());
        await alone.Schema.Migrate(CancellationToken.None);
        var settings = await postgres.CreateAsync();

        var ends = await Task.WhenAll(
            Run("Silo", ["migrate", .. On(settings)]),
            Run("Silo", ["migrate", .. On(settings)])
        );

        ends.ShouldAllBe(static end => end.ExitCode == 0);
        await using var database = new MigratedDatabase(settings);
        (await database.Dump()).ShouldBe(await alone.Dump());
        (await Run("Silo", ["migrate", .. On(settings)])).ExitCode.ShouldBe(0);
        (await database.Dump()).ShouldBe(await alone.Dump());
    }

    [Theory]
    [InlineData("Silo", "Clustered")]
    [InlineData("Api", "Clustered")]
    [InlineData("Api", "Embedded")]
    public async Task A_host_does_not_start_on_a_database_without_a_schema(string host, string mode)
    {
        var settings = await postgres.CreateAsync();

        var end = await Run(host, [.. On(settings), $"--Cluster:Mode={mode}", .. Anonymous(host)]);

        end.ExitCode.ShouldBe(1, end.Output);
        end.Output.ShouldContain("The schema of the database is at 0");
        end.Output.ShouldContain("dotnet run --project src/Silo -- migrate");
    }

    [Theory]
    [InlineData("Silo")]
    [InlineData("Api")]
    public async Task A_host_does_not_start_on_a_schema_that_is_too_old(string host)
    {
        var settings = await postgres.CreateAsync();
        await using var database = new MigratedDatabase(settings);
        await database.Schema.Migrate(CancellationToken.None);
        var (found, needed) = await database.ForgetLastScript();

        var end = await Run(host, [.. On(settings), "--Cluster:Mode=Clustered", .. Anonymous(host)]);

        end.ExitCode.ShouldBe(1, end.Output);
        end.Output.ShouldContain($"The schema of the database is at {found}, this program needs {needed}");
        end.Output.ShouldContain("dotnet run --project src/Silo -- migrate");
    }

    [Fact]
    public async Task Migrate_says_which_build_upgrades_a_schema_that_this_one_does_not_know()
    {
        var settings = await postgres.CreateOldAsync();
        await using (var database = new MigratedDatabase(settings))
            await database.ForgetLastScript();

        var end = await Run("Silo", ["migrate", .. On(settings)]);

        end.ExitCode.ShouldBe(1, end.Output);
        end.Output.ShouldContain("The schema of the database is at 11.");
        end.Output.ShouldContain("Run migrate of a build before 2026-12 first");
        end.Output.ShouldNotContain("   at ");
    }

    [Theory]
    [InlineData("Silo")]
    [InlineData("Api")]
    public async Task A_host_whose_database_cannot_be_reached_says_so(string host)
    {
        var end = await Run(
            host,
            [
                "--Storage:Provider=Postgres",
                "--ConnectionStrings:Workflows=Host=127.0.0.1;Port=1;Database=none",
                .. Anonymous(host),
            ]
        );

        end.ExitCode.ShouldBe(1, end.Output);
        end.Output.ShouldContain("The database cannot be used");
        end.Output.ShouldContain("ConnectionStrings:Workflows");
    }

    [Theory]
    [InlineData("Silo", "LATIN1")]
    [InlineData("Api", "SQL_ASCII")]
    public async Task A_host_does_not_start_on_a_database_that_cannot_hold_every_text(string host, string encoding)
    {
        var name = $"storage_tests_{Environment.ProcessId}_{encoding.ToLowerInvariant()}";
        await postgres.Server.ExecuteAsync(
            $"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}' LOCALE 'C'"
        );
        var settings = new StorageSettings(
            StorageProvider.Postgres,
            new NpgsqlConnectionStringBuilder(postgres.Server.Administration) { Database = name }.ConnectionString
        );

        var migration = await Run("Silo", ["migrate", .. On(settings)]);
        var end = await Run(host, [.. On(settings), "--Cluster:Mode=Clustered", .. Anonymous(host)]);

        await postgres.Server.ExecuteAsync($"DROP DATABASE {name} WITH (FORCE)");
        foreach (var (code, output) in new[] { migration, end })
        {
            code.ShouldBe(1, output);
            output.ShouldContain($"has the encoding {encoding}");
            output.ShouldContain("UTF8");
        }
    }

    [Fact]
    public async Task A_second_process_on_a_SQLite_file_is_refused()
    {
        await using var silo = await SiloUnderTest.StartAsync(await sqlite.CreateAsync());

        var end = await Run("Api", [.. On(silo.Settings), .. Anonymous("Api")]);

        end.ExitCode.ShouldBe(1, end.Output);
        end.Output.ShouldContain("is in use by another process");
        end.Output.ShouldContain("ConnectionStrings:Workflows");
        (await silo.Workflow("still").Receive(Receipts.Of("still", "running"))).Version.ShouldBe(1);
    }

    [Theory]
    [InlineData("Silo")]
    [InlineData("Api")]
    public async Task A_host_reports_every_error_of_its_settings_at_once(string host)
    {
        string[] settings =
        [
            "--Storage:Provider=Oracle",
            "--Storage:CommitConcurrency=0",
            "--Storage:MaxBatch=many",
            "--Storage:Speed=11",
            "--ConnectionStrings:Workflows=Data Source=:memory:",
            "--Cluster:Mode=Scattered",
            "--Cluster:SiloPort=70000",
            "--Cluster:GatewayPort=x",
            "--Cluster:AdvertisedAddress=no.such.host.invalid",
            "--Vocabulary:Words:sleeping=asleep",
            "--Vocabulary:Ranking=failed",
        ];
        string[] ofApi =
        [
            "--Sources:airudder:Secrets:0=short",
            "--Sources:airudder:RatePerSecond=-1",
            "--Webhooks:MaxBodyBytes=1",
            "--Access:Keys:k:Role=king",
            "--Http:MaxConnections=0",
        ];

        var end = await Run(host, host == "Api" ? [.. settings, .. ofApi] : settings);

        end.ExitCode.ShouldBe(1, end.Output);
        foreach (var setting in host == "Api" ? [.. settings, .. ofApi] : settings)
            end.Output.ShouldContain(
                setting[2..setting.IndexOf('=')].Replace("Secrets:0", "Secrets", StringComparison.Ordinal)
            );
    }

    [Theory]
    [InlineData("Silo", "Cluster:Mode is Clustered and Storage:Provider is Sqlite")]
    [InlineData("Api", "Sources:airudder has no credential")]
    [InlineData("Api", "Access has no credential")]
    public async Task A_host_without_settings_in_production_says_what_it_needs(string host, string need)
    {
        var end = await Run(host, []);

        end.ExitCode.ShouldBe(1, end.Output);
        end.Output.ShouldContain(need);
    }

    /// <summary>
    /// An error of a query is a defect of the product, on any database: the log must show where it happened.
    /// </summary>
    [Theory]
    [InlineData(StorageProvider.Postgres)]
    [InlineData(StorageProvider.Sqlite)]
    public async Task An_error_that_no_setting_explains_is_logged_with_its_stack_trace(StorageProvider provider)
    {
        var settings = await (provider == StorageProvider.Postgres ? (ITestDatabases)postgres : sqlite).CreateAsync();
        await using (var database = new MigratedDatabase(settings))
        {
            await database.Schema.Migrate(CancellationToken.None);
            await database.Execute("ALTER TABLE vocabulary RENAME COLUMN document TO other");
        }

        var end = await Run("Api", [.. On(settings), .. Anonymous("Api")]);

        end.ExitCode.ShouldBe(1, end.Output);
        end.Output.ShouldContain("document");
        end.Output.ShouldContain("   at Orleans.Workflow.Storage.");
    }

    private static string[] On(StorageSettings settings) => HostRun.On(settings);

    private static string[] Anonymous(string host) => host == "Api" ? HostRun.Anonymous : [];

    /// <summary>Runs a host of the product, in production, until it ends.</summary>
    private static Task<HostRun> Run(string host, IEnumerable<string> arguments) => HostRun.ToEnd(host, arguments);
}

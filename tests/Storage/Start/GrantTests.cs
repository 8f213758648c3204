using Npgsql;
using Orleans.Workflow.Storage.Tests.Hosting;
using Orleans.Workflow.Storage.Tests.Schema;
using Orleans.Workflow.Testing.Contracts;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Storage.Tests.Start;

/// <summary>A role of PostgreSQL that does not own the tables.</summary>
public sealed class GrantTests(PostgresDatabases databases)
{
    private static int _roles;

    [Theory]
    [InlineData("Silo")]
    [InlineData("Api")]
    public async Task A_role_without_privileges_is_refused_with_all_that_it_lacks_and_the_command(string host)
    {
        var (settings, role, asRole) = await CreateAsync();

        var end = await HostRun.ToEnd(
            host,
            [.. HostRun.On(asRole), "--urls=http://127.0.0.1:0", .. host == "Api" ? HostRun.Anonymous : []]
        );

        end.ExitCode.ShouldBe(1, end.Output);
        end.Output.ShouldContain($"The role '{role}' lacks privileges");
        end.Output.ShouldContain("SELECT, INSERT, UPDATE, DELETE on table public.receipt");
        end.Output.ShouldContain("on table public.orleansmembershiptable");
        end.Output.ShouldContain($"migrate --grant-to {role}");
        settings.ShouldNotBe(asRole);
    }

    [Fact]
    public async Task One_missing_privilege_is_refused_by_name()
    {
        var (settings, role, asRole) = await CreateAsync();
        (await HostRun.ToEnd("Silo", ["migrate", "--grant-to", role, .. HostRun.On(settings)])).ExitCode.ShouldBe(0);
        await using var database = new MigratedDatabase(settings);
        await database.Execute($"REVOKE DELETE ON rejected FROM {role}");

        var end = await HostRun.ToEnd(
            "Api",
            [.. HostRun.On(asRole), "--urls=http://127.0.0.1:0", .. HostRun.Anonymous]
        );

        end.ExitCode.ShouldBe(1, end.Output);
        end.Output.ShouldContain("lacks privileges in the database: DELETE on table public.rejected. Grant");
    }

    [Fact]
    public async Task A_schema_that_the_role_may_not_use_is_not_taken_for_one_that_is_too_old()
    {
        var (settings, role, asRole) = await CreateAsync();
        await using var database = new MigratedDatabase(settings);
        await database.Execute("REVOKE USAGE ON SCHEMA public FROM PUBLIC");

        var end = await HostRun.ToEnd(
            "Api",
            [.. HostRun.On(asRole), "--urls=http://127.0.0.1:0", .. HostRun.Anonymous]
        );

        end.ExitCode.ShouldBe(1, end.Output);
        end.Output.ShouldContain($"The role '{role}' lacks privileges in the database: USAGE on schema public");
    }

    [Fact]
    public async Task With_what_migrate_grants_the_service_does_all_its_work()
    {
        var (settings, role, asRole) = await CreateAsync();
        await using var database = new MigratedDatabase(settings);
        await database.Execute("REVOKE ALL ON SCHEMA public FROM PUBLIC");
        await database.Execute("REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC");

        var granted = await HostRun.ToEnd("Silo", ["migrate", $"--grant-to={role}", .. HostRun.On(settings)]);

        granted.ExitCode.ShouldBe(0, granted.Output);
        granted.Output.ShouldContain($"GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE public.receipt TO {role};");
        var ports = FreePort.Next(3);
        await using var api = HostRun.Start(
            "Api",
            [
                .. HostRun.On(asRole),
                $"--urls=http://127.0.0.1:{ports[0]}",
                $"--Cluster:SiloPort={ports[1]}",
                $"--Cluster:GatewayPort={ports[2]}",
                .. HostRun.Anonymous,
                "--Retention:Receipts:MaxPerWorkflow=1",
                "--Retention:EverySeconds=1",
                "--Access:Keys:k:Secrets:0=0123456789abcdef0123",
                "--Access:Keys:k:Role=admin",
            ]
        );
        var root = new Uri($"http://127.0.0.1:{ports[0]}");
        await api.WaitUntilReadyAsync(
            new Uri(root, "/health/ready"),
            Deadline.Timeout,
            TestContext.Current.CancellationToken
        );
        using var http = new HttpClient(new ContractHandler()) { BaseAddress = root };
        http.DefaultRequestHeaders.Add("X-Api-Key", "0123456789abcdef0123");
        foreach (var status in (string[])["running", "finished", "odd"])
            (
                await Post(
                    http,
                    $$"""{"workflow_id":"w1","workflow_name":"First","status":"{{status}}","actions":[]}"""
                )
            ).ShouldBe(200, api.Output.ToString());

        // A refused request is kept, retention removes, a refold runs.
        (await Post(http, "{")).ShouldBe(400);
        using var refold = await http.PostAsync(
            new Uri("/admin/refold", UriKind.Relative),
            null,
            TestContext.Current.CancellationToken
        );
        ((int)refold.StatusCode).ShouldBe(200);
        await Deadline.Until(
            async () => (await database.Lines("SELECT count(*)::text FROM baseline")).Single() == "1",
            "retention"
        );
        await Deadline.Until(
            async () => (await database.Lines("SELECT count(*)::text FROM rejected")).Single() == "1",
            "the refused request"
        );
        api.Output.ToString().ShouldNotContain("permission denied");
        (await HostRun.ToEnd("Silo", ["audit", .. HostRun.On(asRole)])).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Without_a_role_migrate_shows_the_grants_and_applies_none()
    {
        var (settings, role, _) = await CreateAsync();
        await using var database = new MigratedDatabase(settings);

        var end = await HostRun.ToEnd("Silo", ["migrate", .. HostRun.On(settings)]);

        end.ExitCode.ShouldBe(0, end.Output);
        foreach (var table in await database.Lines("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
            end.Output.ShouldContain(
                $"ON TABLE public.{table} TO ",
                customMessage: "every table that the scripts make"
            );

        (await database.Lines($"SELECT has_table_privilege('{role}', 'receipt', 'SELECT')::text")).ShouldBe(["false"]);
    }

    [Theory]
    [InlineData("no_such_role", "no_such_role")]
    [InlineData("odd\"; DROP TABLE receipt; --", "does not exist")]
    public async Task A_role_that_does_not_exist_is_one_line(string role, string expected)
    {
        var (settings, _, _) = await CreateAsync();

        var end = await HostRun.ToEnd("Silo", ["migrate", "--grant-to", role, .. HostRun.On(settings)]);

        end.ExitCode.ShouldBe(1, end.Output);
        end.Output.ShouldContain(expected);
        end.Output.ShouldNotContain("   at ");
    }

    private static async Task<int> Post(HttpClient http, string body)
    {
        using var content = new StringContent(
            body,
            new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")
        );
        using var answer = await http.PostAsync(
            new Uri("/webhooks/airudder/workflow-status", UriKind.Relative),
            content,
            TestContext.Current.CancellationToken
        );
        return (int)answer.StatusCode;
    }

    private async Task<(StorageSettings Owner, string Role, StorageSettings Service)> CreateAsync()
    {
        var settings = await databases.CreateAsync();
        await using var database = new MigratedDatabase(settings);
        await database.Schema.Migrate(CancellationToken.None);
        var role = $"service_{Environment.ProcessId}_{Interlocked.Increment(ref _roles)}";
        await database.Execute($"CREATE ROLE {role} LOGIN PASSWORD 'service'");
        var connection = new NpgsqlConnectionStringBuilder(settings.ConnectionString)
        {
            Username = role,
            Password = "service",
        };
        return (settings, role, settings with { ConnectionString = connection.ConnectionString });
    }
}

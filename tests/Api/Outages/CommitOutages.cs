using System.Diagnostics;
using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Testing.Postgres;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Api.Tests.Outages;

/// <summary>The database answers reads and takes no commits.</summary>
public sealed class CommitOutages(ITestOutputHelper output)
{
    /// <summary>Far below the deadline of a request, 10 s; the machine may be busy.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(4);

    [Fact]
    public async Task A_read_only_PostgreSQL_is_not_ready_and_refuses_notifications_until_it_is_writable_again()
    {
        await using var server = await PostgresServer.StartNewAsync("log_checkpoints=off");
        var database = await PostgresDatabase.CreateAsync(server, "read_only");
        await using var api = await ApiProcess.StartAsync(database);
        await api.Client.ReportAsync(Running("w"));

        await server.ExecuteAsync("ALTER SYSTEM SET default_transaction_read_only = on");
        await server.ExecuteAsync("SELECT pg_reload_conf()");
        await ShouldBeRefusedAtOnce(api, "the database is read-only (SQLSTATE 25006)");
        (await api.Client.GetAsync(ApiClient.Of("w"))).Expect(200);

        await server.ExecuteAsync("ALTER SYSTEM RESET default_transaction_read_only");
        await server.ExecuteAsync("SELECT pg_reload_conf()");
        await ShouldRecover(api);
    }

    [Fact]
    public async Task It_notices_without_any_traffic()
    {
        await using var server = await PostgresServer.StartNewAsync("log_checkpoints=off");
        var database = await PostgresDatabase.CreateAsync(server, "quiet");
        await using var api = await ApiProcess.StartAsync(database);

        await server.ExecuteAsync("ALTER SYSTEM SET default_transaction_read_only = on");
        await server.ExecuteAsync("SELECT pg_reload_conf()");
        await Ready(api, 503);
        await server.ExecuteAsync("ALTER SYSTEM RESET default_transaction_read_only");
        await server.ExecuteAsync("SELECT pg_reload_conf()");
        await Ready(api, 200);
    }

    [Fact]
    public async Task A_SQLite_on_a_full_disk_is_not_ready_and_refuses_notifications_until_there_is_room()
    {
        await using var disk = await SmallDisk.MountAsync();
        await using var api = await ApiProcess.StartAsync(
            workingDirectory: null,
            "--Storage:Provider=Sqlite",
            $"--ConnectionStrings:Workflows=Data Source={disk.Folder}/workflows.db"
        );
        await api.Client.ReportAsync(Running("w"));

        await disk.FillAsync(TestContext.Current.CancellationToken);
        await ShouldBeRefusedAtOnce(api, "SQLite error");
        (await api.Client.GetAsync(ApiClient.Of("w"))).Expect(200);

        disk.MakeRoom();
        await ShouldRecover(api);
    }

    private async Task ShouldBeRefusedAtOnce(ApiProcess api, string reason)
    {
        var number = 0;
        await Until.Async(
            "a notification is refused",
            () => api.Client.NotifyAsync(Running($"w{number++}")),
            static reply => reply.Status == 503
        );
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < 5; i++)
            (await api.Client.NotifyAsync(Running($"w{number++}"))).Expect(503);

        output.WriteLine($"five were refused in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.00} s");
        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(AtOnce);
        (await Ready(api, 503)).ShouldContain(reason);
        (await api.Client.GetAsync("/health/live")).Expect(200);
        (await api.Client.GetAsync("/metrics"))
            .Expect(200)
            .Text.ShouldContain("workflow_commit_failing", customMessage: "the metric");
    }

    private static async Task ShouldRecover(ApiProcess api)
    {
        await Until.Async(
            "a notification is taken again",
            () => api.Client.NotifyAsync(Running("w")),
            static reply => reply.Status == 200
        );
        await Ready(api, 200);
    }

    private static async Task<string> Ready(ApiProcess api, int status) =>
        (
            await Until.Async(
                $"ready says {status}",
                () => api.Client.GetAsync("/health/ready"),
                reply => reply.Status == status
            )
        ).Text;

    private static StatusChange Running(string workflowId) => new(workflowId, "A name", "running", []);
}

using Npgsql;
using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Testing.Postgres;

namespace Orleans.Workflow.Api.Tests.In;

/// <summary>A database that does not keep up, or is not there: the product on a PostgreSQL server of its own.</summary>
public sealed class PressureTests : IAsyncLifetime
{
    private PostgresServer? _server;
    private PostgresDatabase? _database;

    private PostgresServer Server => _server.ShouldNotBeNull();

    private PostgresDatabase Database => _database.ShouldNotBeNull();

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.StartNewAsync("max_connections=60");
        _database = await PostgresDatabase.CreateAsync(_server, "pressure");
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_full_queue_refuses_notifications_and_loses_none_that_waits()
    {
        await using var api = await ApiProcess.StartAsync(Database, "--Storage:MaxWaiting=1");
        var (waiting, refused) = (Report.NewId(), Report.NewId());
        await using var session = (NpgsqlConnection)await Database.OpenAsync();
        Task<Reply> first;
        await using (var transaction = await session.BeginTransactionAsync(TestContext.Current.CancellationToken))
        {
            await Execute(session, "LOCK TABLE orleansstorage IN ACCESS EXCLUSIVE MODE");
            first = api.Client.NotifyAsync(Report.Workflow(waiting));
            await Until.Async(
                "the first notification waits for the table",
                async () =>
                    Convert.ToInt64(
                        await Execute(
                            session,
                            "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'orleansstorage'::regclass"
                        )
                    ),
                static count => count > 0
            );

            var reply = await api.Client.NotifyAsync(Report.Workflow(refused));

            reply.ExpectProblem(429);
            int.Parse(reply.Header("Retry-After").ShouldNotBeNull()).ShouldBeGreaterThan(0);
            first.IsCompleted.ShouldBeFalse();
            await transaction.RollbackAsync(TestContext.Current.CancellationToken);
        }

        (await first).Expect(200).Header("X-Effect").ShouldBe("advanced");
        (await api.Client.GetAsync(ApiClient.Of(refused))).ExpectProblem(404);
        var again = await Until.Async(
            "the refused notification is taken",
            () => api.Client.NotifyAsync(Report.Workflow(refused)),
            static reply => reply.Status != 429
        );
        again.Expect(200).Header("X-Workflow-Version").ShouldBe("1");
        (await api.Client.GetAsync($"{ApiClient.Of(waiting)}/receipts"))
            .Expect(200)
            .Json.Items("items")
            .ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Without_its_database_nothing_is_acknowledged_and_afterwards_nothing_is_missing()
    {
        await using var api = await ApiProcess.StartAsync(Database);
        var (known, sentMeanwhile) = (Report.NewId(), Report.NewId());
        await api.Client.ReportAsync(
            Report.Workflow(known, "running", "A", Report.Node("n", task: "t", status: "running"))
        );
        var before = (await api.Client.GetAsync(ApiClient.Of(known))).Expect(200).Text;

        await Server.StopAsync();
        var replies = await Task.WhenAll(
            api.Client.NotifyAsync(Report.Workflow(known, "finished")),
            api.Client.NotifyAsync(Report.Workflow(sentMeanwhile)),
            api.Client.GetAsync("/workflows"),
            api.Client.GetAsync(ApiClient.Of(Report.NewId()))
        );

        foreach (var reply in replies)
        {
            reply.ExpectProblem(503);
            int.Parse(reply.Header("Retry-After").ShouldNotBeNull()).ShouldBeGreaterThan(0);
        }

        (await api.Client.PostAsync("{}"u8.ToArray())).ExpectProblem(400, "$.workflow_id");
        (await api.Client.GetAsync("/health/live")).Expect(200);
        (await api.Client.GetAsync("/health/ready")).Expect(503);

        await Server.StartAsync();
        await Until.Async(
            "the service is ready again",
            () => api.Client.GetAsync("/health/ready"),
            static reply => reply.Status == 200
        );
        var now = (await api.Client.GetAsync(ApiClient.Of(known))).Expect(200);
        now.Text.ShouldBe(before);
        foreach (
            var notification in (StatusChange[])[Report.Workflow(known, "finished"), Report.Workflow(sentMeanwhile)]
        )
            (
                await Until.Async(
                    "it is taken",
                    () => api.Client.NotifyAsync(notification),
                    static reply => reply.Status == 200
                )
            ).Text.ShouldBe("{}");

        var state = (await api.Client.GetAsync(ApiClient.Of(known))).Expect(200).Json;
        (state.Word("status"), state.Number("version"), state.Items("nodes").Count).ShouldBe(("finished", 2, 1));
        (await api.Client.GetAsync($"{ApiClient.Of(known)}/nodes/n"))
            .Expect(200)
            .Json.Word("status")
            .ShouldBe("running");
    }

    private static async Task<object?> Execute(NpgsqlConnection session, string sql)
    {
#pragma warning disable CA2100 // Statements come from these tests.
        await using var command = new NpgsqlCommand(sql, session);
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}

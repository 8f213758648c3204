using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Orleans.Workflow.Cluster.Tests.Topologies;
using Orleans.Workflow.Testing.Contracts;
using Orleans.Workflow.Testing.Deliveries;
using Orleans.Workflow.Testing.Postgres;

namespace Orleans.Workflow.Cluster.Tests.Deliveries;

/// <summary>
/// Audit and retention beside traffic on both databases, in processes, over a crash in the middle of removing.
/// </summary>
public sealed class UpkeepTests(ITestOutputHelper output)
{
    private static readonly string[] Settings =
    [
        "--Retention:Receipts:MaxPerWorkflow=2",
        "--Retention:EndedWorkflows:Days=0",
        "--Retention:EverySeconds=1",
        "--Retention:BatchesPerSecond=100",
        "--Audit:WorkflowsPerSecond=50",
    ];

    [Fact]
    public async Task Nothing_is_found_while_notifications_arrive_and_old_ones_go()
    {
        await using var server = await PostgresServer.StartNewAsync();
        await using var onPostgres = await SingleApi.StartOnPostgresAsync(server, Settings);
        await using var onSqlite = await SingleApi.StartOnSqliteAsync(Settings);

        // Beside each other: most of it is waiting until something is old enough to go.
        await Task.WhenAll(
            DeliverRemoveAndAudit("SQLite", onSqlite, seed: 3001),
            DeliverRemoveAndAudit("PostgreSQL", onPostgres, seed: 3002)
        );
    }

    private async Task DeliverRemoveAndAudit(string database, SingleApi api, int seed)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var plan = DeliveryPlan.Generate(seed, workflows: 150);
        using var run = new DeliveryRun(plan, new DeliveryOptions([api.Address]) { PerSecond = 200 });
        var delivering = run.DeliverAsync(cancellation);
        await run.WhenAcknowledged(plan.Deliveries.Length / 4);
        await ShouldBeClean(api, $"{database}, while notifications arrive");
        await delivering;

        // Half a minute after they arrived the first may go; the crash comes while the others still do.
        using var client = new HttpClient(new ContractHandler()) { BaseAddress = api.Address };
        var before = await ListedAsync(client, cancellation);
        var ended = (await client.GetFromJsonAsync<JsonElement>("/workflows?phase=ended&limit=1", cancellation))
            .GetProperty("items")[0]
            .GetProperty("workflow_id")
            .GetString()!;
        await UntilAsync(
            async () => await ListedAsync(client, cancellation) < before,
            $"{database}: the first ended workflow is deleted",
            cancellation
        );
        await api.CrashAndRestartAsync();
        await ShouldBeClean(api, $"{database}, after a crash in the middle of retention");
        await UntilAsync(
            async () => await EndedAsync(client, cancellation) == 0,
            $"{database}: every ended workflow is deleted",
            cancellation
        );
        await ShouldBeClean(api, $"{database}, after retention");

        await ShouldStayGone(
            client,
            plan.Deliveries.Last(plannedDelivery => plannedDelivery.WorkflowId == ended),
            cancellation
        );
        await ShouldBeClean(api, $"{database}, after a late notification");
        api.Output.ShouldNotContain("is not stored as its receipts say");
    }

    private static async Task ShouldStayGone(HttpClient client, PlannedDelivery late, CancellationToken cancellation)
    {
        using var body = new ByteArrayContent([.. late.Body]) { Headers = { ContentType = new("application/json") } };
        var answer = await client.PostAsync($"/webhooks/{late.Source}/workflow-status", body, cancellation);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.GetValues("X-Effect").ShouldBe(["stale"]);
        foreach (var path in (string[])["", "/history", "/receipts"])
            (
                await client.GetAsync($"/workflows/{Uri.EscapeDataString(late.WorkflowId)}{path}", cancellation)
            ).StatusCode.ShouldBe(HttpStatusCode.Gone);
    }

    private static Task<long> ListedAsync(HttpClient client, CancellationToken cancellation) =>
        CountAsync(client, "/workflow-counts", cancellation);

    private static Task<long> EndedAsync(HttpClient client, CancellationToken cancellation) =>
        CountAsync(client, "/workflow-counts?phase=ended", cancellation);

    private static async Task<long> CountAsync(HttpClient client, string path, CancellationToken cancellation) =>
        (await client.GetFromJsonAsync<JsonElement>(path, cancellation)).GetProperty("total").GetInt64();

    private static async Task UntilAsync(Func<Task<bool>> condition, string what, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        for (var i = 0; i < 4_800; i++)
        {
            if (await condition())
                return;

            await timer.WaitForNextTickAsync(cancellation);
        }

        throw new TimeoutException($"Waited four minutes until {what}.");
    }

    private async Task ShouldBeClean(SingleApi api, string when)
    {
        var audit = await api.AuditAsync();
        output.WriteLine($"{when}: {audit.Report}");
        audit.ShouldBeClean();
    }
}

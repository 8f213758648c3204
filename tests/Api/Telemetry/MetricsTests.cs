using System.Text;
using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;
using Orleans.Workflow.Testing.Telemetry;

namespace Orleans.Workflow.Api.Tests.Telemetry;

/// <summary>What <c>/metrics</c> shows of a product that has been sent something of everything.</summary>
public sealed class MetricsTests(SharedPostgres postgres)
{
    private static readonly string[] Effects = ["advanced", "duplicate", "stale", "conflict"];

    [Fact]
    public async Task Counts_add_up_to_what_was_answered_and_every_instrument_is_documented()
    {
        await using var api = await ApiProcess.StartAsync(
            await postgres.CreateDatabaseAsync("metrics"),
            "--Access:AllowAnonymous=true",
            "--Access:Keys:reader:Secrets:0=reader-key-0123456789"
        );
        var seen = await SendSomethingOfEverything(api.Client);
        (await api.Client.PostAsync("{}"u8.ToArray())).ExpectProblem(400, "$.workflow_id");
        (await api.Client.PostAsync("{}"u8.ToArray(), contentType: "text/plain")).Expect(415);
        (await api.Client.PostAsync("{}"u8.ToArray(), "/webhooks/nobody/workflow-status")).Expect(401);

        // A grain reads its row only for a GET that comes before the first notification since the start.
        (await api.Client.GetAsync(ApiClient.Of(Report.NewId()))).ExpectProblem(404);

        var metrics = await Read(api.Client);

        foreach (var effect in Effects)
        {
            seen[effect].ShouldBeGreaterThan(0);
            metrics
                .Sum("workflow_receipts_total", ("workflow_effect", effect), ("workflow_source", "airudder"))
                .ShouldBe(seen[effect]);
        }

        var acknowledged = seen.Values.Sum();
        metrics.Sum("workflow_receipts_total").ShouldBe(acknowledged);
        metrics.Sum("workflow_acknowledgement_duration_seconds_count", Status("200")).ShouldBe(acknowledged);
        metrics
            .Sum("workflow_acknowledgement_duration_seconds_bucket", Status("200"), ("le", "+Inf"))
            .ShouldBe(acknowledged);
        metrics.Sum("workflow_unrecognised_receipts_total").ShouldBe(1);
        foreach (var status in (string[])["400", "401", "415"])
        {
            metrics.Sum("workflow_refused_requests_total", Status(status)).ShouldBe(1);
            metrics.Sum("workflow_acknowledgement_duration_seconds_count", Status(status)).ShouldBe(1);
        }

        metrics
            .Sum(
                "workflow_source_credential_uses_total",
                ("workflow_source", "airudder"),
                ("workflow_credential_kind", "anonymous")
            )
            .ShouldBe(acknowledged + 2);
        metrics.Sum("workflow_key_credential_uses_total", ("workflow_key", "reader")).ShouldBe(0);
        metrics.Sum("workflow_commit_size_sum").ShouldBeInRange(1, acknowledged);
        metrics.Sum("workflow_commit_waiting").ShouldBe(0);
        metrics.Sum("workflow_admission_taken").ShouldBe(0);
        metrics.Sum("workflow_admission_limit").ShouldBe(4096);
        metrics.Sum("workflow_commit_version_conflicts_total").ShouldBe(0);
        metrics.Sum("orleans_catalog_activation_created_total", ("grain_type", "workflow")).ShouldBeGreaterThan(0);
        metrics
            .Sum("db_client_connection_count", ("db_client_connection_pool_name", "workflows"))
            .ShouldBeGreaterThan(0);
        ShouldBeDocumented(metrics);
    }

    /// <summary>Notifications of every effect; how many of each were answered.</summary>
    private static async Task<Dictionary<string, int>> SendSomethingOfEverything(ApiClient client)
    {
        var seen = Effects.ToDictionary(static effect => effect, static _ => 0);
        string[] statuses = ["created", "running", "running", "created", "finished", "failed", "finished", "running"];
        for (var i = 0; i < 5; i++)
        {
            var id = Report.NewId();
            foreach (var status in statuses)
                seen[(await client.ReportAsync(Report.Workflow(id, status))).Header("X-Effect")!]++;
        }

        seen[(await client.ReportAsync(Report.Workflow(Report.NewId(), "hibernating"))).Header("X-Effect")!]++;

        // Without a name, which is repaired.
        var body = $$"""{"workflow_id":"{{Report.NewId()}}","status":"running","actions":[]}""";
        seen[(await client.PostAsync(Encoding.UTF8.GetBytes(body))).Expect(200).Header("X-Effect")!]++;
        return seen;
    }

    /// <summary>
    /// The metrics, read once it is certain that they are not those of an earlier reading, which are kept for a moment.
    /// </summary>
    private static async Task<PrometheusText> Read(ApiClient client) =>
        await Until.Async(
            "everything is counted",
            async () => PrometheusText.Parse((await client.GetAsync("/metrics")).Expect(200).Text),
            static metrics =>
                metrics.Sum("workflow_refused_requests_total") == 3
                && metrics.Sum("workflow_commit_waiting") == 0
                && metrics.Families.ContainsKey("workflow_silence_oldest_seconds")
        );

    private static void ShouldBeDocumented(PrometheusText metrics)
    {
        var shown = metrics
            .Families.Where(static family => family.Key.StartsWith("workflow_", StringComparison.Ordinal))
            .Select(static family => $"{family.Key} {family.Value}");
        var documented = DocumentedMetric.All.Select(static metric => $"{metric.Name} {metric.Kind}");

        shown.ShouldBe(documented, ignoreOrder: true);
    }

    private static (string, string) Status(string status) => ("http_response_status_code", status);
}

using Orleans.Workflow.Cluster.Tests.Topologies;
using Orleans.Workflow.Testing.Processes;
using Orleans.Workflow.Testing.Telemetry;

namespace Orleans.Workflow.Cluster.Tests.Telemetry;

/// <summary>
/// What <c>/metrics</c> shows of processes to which nothing was sent: all metrics of the table in the documents, with
/// the series that an alert on an increase needs.
/// </summary>
public sealed class MetricsFromStartTests
{
    private const string Source = "airudder";

    /// <summary>Without its secret, as a silo may have it.</summary>
    private static readonly string[] Settings =
    [
        $"--Sources:{Source}:AllowAnonymous=true",
        "--Access:AllowAnonymous=true",
        "--Access:Keys:operator:Secrets:0=a-key-of-the-metrics-from-start",
    ];

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task An_Api_and_silos_show_all_of_theirs_and_one_silo_counts_for_all()
    {
        await using var cluster = await ProcessCluster.StartAsync(silos: 2, apis: 1, Settings);

        ShouldBeComplete(await Read(cluster.Apis.Single().Address, isSilo: false), isApi: true, isSilo: false);
        var silos = await Task.WhenAll(cluster.Silos.Select(static silo => Read(silo.Address, isSilo: true)));
        foreach (var metrics in silos)
        {
            ShouldBeComplete(metrics, isApi: false, isSilo: true);
            metrics.Sum("workflow_silos_active").ShouldBe(2);
        }

        silos
            .Select(static metrics => metrics.Sum("workflow_totals_read_timestamp_seconds"))
            .Distinct()
            .ShouldHaveSingleItem("both silos show the same reading");
    }

    [Fact]
    public async Task A_process_that_is_both_shows_all()
    {
        await using var api = await SingleApi.StartOnSqliteAsync(
            "--Access:AllowAnonymous=true",
            "--Access:Keys:operator:Secrets:0=a-key-of-the-metrics-from-start",
            "--Cluster:ExpectedSilos=1"
        );

        var metrics = await Read(api.Address, isSilo: true);
        ShouldBeComplete(metrics, isApi: true, isSilo: true);
        metrics.Sum("workflow_silos_expected").ShouldBe(1);
    }

    private static void ShouldBeComplete(PrometheusText metrics, bool isApi, bool isSilo)
    {
        var documented = DocumentedMetric.Of(isApi, isSilo).ToList();
        metrics
            .Families.Where(static family => family.Key.StartsWith("workflow_", StringComparison.Ordinal))
            .Select(static family => $"{family.Key} {family.Value}")
            .ShouldBe(documented.Select(static metric => $"{metric.Name} {metric.Kind}"), ignoreOrder: true);
        foreach (var metric in documented)
        {
            var series = SeriesOf(metrics, metric).ToList();
            series.ShouldNotBeEmpty(metric.Name);
            foreach (var labels in series)
                labels.ShouldBeSubsetOf(metric.Tags, metric.Name);
        }

        metrics.Sum("workflow_ready").ShouldBe(1);
        metrics.Of("workflow_build_info", ("version", WorkingCopy.Version)).Single().Value.ShouldBe(1);
        if (isApi)
            ShouldHaveSeriesOfApi(metrics);

        if (isSilo)
            ShouldHaveSeriesOfSilo(metrics);
    }

    private static void ShouldHaveSeriesOfApi(PrometheusText metrics)
    {
        foreach (var status in (string[])["400", "401", "403", "404", "405", "408", "413", "415", "429", "500", "503"])
        {
            ShouldBeZero(metrics, "workflow_refused_requests_total", ("http_response_status_code", status));
            ShouldBeZero(
                metrics,
                "workflow_acknowledgement_duration_seconds_count",
                ("http_response_status_code", status)
            );
        }

        ShouldBeZero(
            metrics,
            "workflow_acknowledgement_duration_seconds_bucket",
            ("http_response_status_code", "200"),
            ("le", "+Inf")
        );
        foreach (var kind in (string[])["number_as_text", "label_missing", "half_surrogate_pair"])
            ShouldBeZero(metrics, "workflow_repairs_total", ("kind", kind));

        foreach (var result in (string[])["genuine", "not_verified", "unreachable"])
            ShouldBeZero(metrics, "workflow_push_verifications_total", ("result", result));

        foreach (var log in (string[])["changes", "facts"])
            ShouldBeZero(metrics, "workflow_feed_readers", ("workflow_log", log));
    }

    private static void ShouldHaveSeriesOfSilo(PrometheusText metrics)
    {
        string[] effects = ["advanced", "duplicate", "stale", "conflict", "recorded", "differs"];
        foreach (var effect in effects)
            ShouldBeZero(metrics, "workflow_receipts_total", ("workflow_source", Source), ("workflow_effect", effect));

        foreach (var code in (string[])["53100", "25006", "unreachable", "connection_lost", "timeout", "sqlite_full"])
            ShouldBeZero(metrics, "workflow_commit_failures_total", ("error_type", code));

        foreach (var write in (string[])["state", "fact"])
            ShouldBeZero(metrics, "workflow_commit_waiting", ("workflow_write", write));

        foreach (var finding in (string[])["state", "list_row", "receipt_body", "fact_count", "orphan"])
            ShouldBeZero(metrics, "workflow_audit_findings_total", ("workflow_finding", finding));

        foreach (var phase in (string[])["scheduled", "active", "ended", "unknown"])
            ShouldBeZero(metrics, "workflow_workflows", ("workflow_phase", phase));

        ShouldBeZero(metrics, "workflow_attention", ("workflow_attention", "conflicting_outcome"));
        ShouldBeZero(metrics, "workflow_refold_workflows", ("workflow_refold_state", "failed"));
    }

    private static void ShouldBeZero(PrometheusText metrics, string name, params (string, string)[] labels) =>
        metrics
            .Of(name, labels)
            .ShouldHaveSingleItem($"{name} {string.Join(' ', labels)}")
            .Value.ShouldBe(0, $"{name} {string.Join(' ', labels)}");

    /// <summary>The labels of each series of a metric, without those of the format itself.</summary>
    private static IEnumerable<IEnumerable<string>> SeriesOf(PrometheusText metrics, DocumentedMetric metric) =>
        metrics
            .Of(metric.Kind == "histogram" ? $"{metric.Name}_count" : metric.Name)
            .Select(static sample => sample.Labels.Keys.Where(static label => label != "otel_scope_name"));

    /// <summary>
    /// The metrics of a process that is ready. The totals of the database are read in the background.
    /// </summary>
    private static async Task<PrometheusText> Read(Uri process, bool isSilo)
    {
        using var client = new HttpClient { BaseAddress = process };
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var text = await client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
            var metrics = PrometheusText.Parse(text);
            var isComplete =
                metrics.Sum("workflow_ready") == 1
                && (!isSilo || metrics.Sum("workflow_totals_read_timestamp_seconds") > 0);
            if (isComplete || TimeProvider.System.GetElapsedTime(start) > Timeout)
                return metrics;

            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        }
    }
}

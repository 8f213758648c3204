using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Orleans.Workflow.Grains.Notifications;
using Orleans.Workflow.Grains.Telemetry;
using Orleans.Workflow.Hosting.Processes;
using Orleans.Workflow.Hosting.Telemetry;

namespace Orleans.Workflow.Api.Webhooks;

/// <summary>The instruments of the webhooks, and what the console shows of them.</summary>
internal sealed class WebhookMetrics
{
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    };

    private const string StatusTag = "http.response.status_code";

    /// <summary>Boxed once: nothing is allocated for a notification that is acknowledged.</summary>
    private static readonly object Acknowledged = StatusCodes.Status200OK;

    /// <summary>What is answered below /webhooks.</summary>
    private static readonly object[] Refusals = [400, 401, 403, 404, 405, 408, 413, 415, 429, 500, 503];

    private readonly Histogram<double> _acknowledgement;
    private readonly SeriesCounter _refused;
    private readonly SeriesCounter _repairs;
    private readonly SeriesCounter _verifications;
    private readonly RecentAnswers _recent;

    public WebhookMetrics(IMeterFactory meters, EmptyHistograms histograms, RecentAnswers recent)
    {
        _recent = recent;
        var meter = meters.Create(WorkflowTelemetry.Name);
        _acknowledgement = meter.CreateHistogram(
            "workflow.acknowledgement.duration",
            "s",
            "From the arrival of a notification to its answer; 200 is after the commit.",
            advice: Seconds
        );
        histograms.Declare("workflow.acknowledgement.duration", StatusTag, [Acknowledged, .. Refusals]);
        _refused = new SeriesCounter(
            meter,
            "workflow.refused_requests",
            "{request}",
            "Notifications that were not answered 200.",
            StatusTag
        );
        foreach (var status in Refusals)
            _refused.Declare(status);

        _repairs = new SeriesCounter(
            meter,
            "workflow.repairs",
            "{repair}",
            "What was repaired in notifications that were taken, by kind.",
            "kind"
        );
        foreach (var kind in Enum.GetValues<RepairKind>())
            _repairs.Declare(ApiWords.Of(kind));

        _verifications = new SeriesCounter(
            meter,
            "workflow.push_verifications",
            "{push}",
            "Pushes of Custom API nodes that the vendor was asked about, by what it said.",
            "result"
        );
        foreach (var verification in Enum.GetValues<PushVerification>())
            _verifications.Declare(PushVerifier.WordOf(verification));
    }

    /// <summary>A notification was answered.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="elapsed">How long that took.</param>
    public void Answered(int status, TimeSpan elapsed)
    {
        _recent.Count(status, elapsed);
        var boxed = status == StatusCodes.Status200OK ? Acknowledged : status;
        _acknowledgement.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>(StatusTag, boxed));
        if (status != StatusCodes.Status200OK)
            _refused.Add(boxed);
    }

    /// <summary>A notification was acknowledged in which something was repaired.</summary>
    public void Repaired(ImmutableArray<Repair> repairs)
    {
        foreach (var repair in repairs)
            _repairs.Add(ApiWords.Of(repair.Kind), count: repair.Count);
    }

    /// <summary>The vendor was asked about a push.</summary>
    public void Verified(PushVerification verification) => _verifications.Add(PushVerifier.WordOf(verification));
}

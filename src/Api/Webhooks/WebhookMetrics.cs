using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Orleans.Workflow.Grains.Notifications;
using Orleans.Workflow.Grains.Telemetry;

namespace Orleans.Workflow.Api.Webhooks;

/// <summary>The instruments of the webhooks.</summary>
internal sealed class WebhookMetrics
{
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    };

    private readonly Histogram<double> _acknowledgement;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _repairs;
    private readonly Counter<long> _verifications;

    public WebhookMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(WorkflowTelemetry.Name);
        _acknowledgement = meter.CreateHistogram(
            "workflow.acknowledgement.duration",
            "s",
            "From the arrival of a notification to its answer 200, which is after the commit.",
            advice: Seconds
        );
        _refused = meter.CreateCounter<long>(
            "workflow.refused_requests",
            "{request}",
            "Notifications that were not answered 200."
        );
        _repairs = meter.CreateCounter<long>(
            "workflow.repairs",
            "{repair}",
            "What was repaired in notifications that were taken, by kind."
        );
        _verifications = meter.CreateCounter<long>(
            "workflow.push_verifications",
            "{push}",
            "Pushes of Custom API nodes that the vendor was asked about, by what it said."
        );
    }

    /// <summary>A notification was acknowledged.</summary>
    public void Acknowledged(TimeSpan elapsed) => _acknowledgement.Record(elapsed.TotalSeconds);

    /// <summary>A notification was acknowledged in which something was repaired.</summary>
    public void Repaired(ImmutableArray<Repair> repairs)
    {
        foreach (var repair in repairs)
            _repairs.Add(repair.Count, new KeyValuePair<string, object?>("kind", ApiWords.Of(repair.Kind)));
    }

    /// <summary>The vendor was asked about a push.</summary>
    public void Verified(PushVerification verification) =>
        _verifications.Add(1, new KeyValuePair<string, object?>("result", PushVerifier.WordOf(verification)));

    /// <summary>A notification was refused.</summary>
    /// <param name="status">The HTTP status of the answer.</param>
    public void Refused(int status) =>
        _refused.Add(1, new KeyValuePair<string, object?>("http.response.status_code", status));
}

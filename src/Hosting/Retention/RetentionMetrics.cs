using System.Diagnostics.Metrics;
using Orleans.Workflow.Grains.Telemetry;
using Orleans.Workflow.Hosting.Settings;

namespace Orleans.Workflow.Hosting.Retention;

/// <summary>
/// Shows when retention ran, and whether that went well. Only the silo that had the lead shows a pass.
/// </summary>
internal sealed class RetentionMetrics
{
    private readonly TimeProvider _time;
    private long _succeededAt;
    private long _failedAt;

    public RetentionMetrics(IMeterFactory meters, RetentionSettings settings, TimeProvider time)
    {
        _time = time;
        var meter = meters.Create(WorkflowTelemetry.Name);
        meter.CreateObservableGauge(
            "workflow.retention.interval",
            () => settings.IsOn ? settings.Every.TotalSeconds : 0,
            "s",
            "The time between two passes of retention; 0 if nothing is ever removed."
        );
        meter.CreateObservableGauge(
            "workflow.retention.last_success.timestamp",
            () => Interlocked.Read(ref _succeededAt) / 1000.0,
            "s",
            "When a pass of retention in this silo last went through, in Unix time; 0 if none has yet."
        );
        meter.CreateObservableGauge(
            "workflow.retention.last_failure.timestamp",
            () => Interlocked.Read(ref _failedAt) / 1000.0,
            "s",
            "When a pass of retention in this silo last failed, in part or whole, in Unix time; 0 if none has yet."
        );
    }

    /// <summary>A pass has ended.</summary>
    public void Ran(bool isSuccess) =>
        Interlocked.Exchange(
            ref isSuccess ? ref _succeededAt : ref _failedAt,
            _time.GetUtcNow().ToUnixTimeMilliseconds()
        );
}

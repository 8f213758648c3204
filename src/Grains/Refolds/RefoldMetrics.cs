using System.Diagnostics.Metrics;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Telemetry;

namespace Orleans.Workflow.Grains.Refolds;

/// <summary>Shows how far the latest refold has come. Every silo looks at it anyway, to continue it.</summary>
public sealed class RefoldMetrics
{
    private volatile RefoldJob? _latest;

    /// <summary>Makes the instruments.</summary>
    public RefoldMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        var meter = meters.Create(WorkflowTelemetry.Name);
        meter.CreateObservableGauge(
            "workflow.refold.running",
            () => _latest is { FinishedAt: null } ? 1 : 0,
            description: "1 while a refold of all workflows is under way, else 0."
        );
        meter.CreateObservableGauge(
            "workflow.refold.workflows",
            Observe,
            "{workflow}",
            "Workflows of the latest refold: all when it began, those that are done, and those of them that failed."
        );
        meter.CreateObservableGauge(
            "workflow.refold.finished.timestamp",
            () => (_latest?.FinishedAt ?? 0) / 1000.0,
            "s",
            "When the latest refold was finished, in Unix time; 0 if it is under way or there was none."
        );
    }

    /// <summary>The refold that is under way, or else the latest; null if there was none.</summary>
    public RefoldJob? Latest
    {
        get => _latest;
        set => _latest = value;
    }

    private IEnumerable<Measurement<long>> Observe()
    {
        var latest = _latest;
        yield return Measure(latest?.Total, "total");
        yield return Measure(latest?.Done, "done");
        yield return Measure(latest?.Failed, "failed");

        static Measurement<long> Measure(long? count, string state) =>
            new(count ?? 0, new KeyValuePair<string, object?>("workflow.refold.state", state));
    }
}

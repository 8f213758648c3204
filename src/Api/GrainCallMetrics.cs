using System.Diagnostics.Metrics;
using Orleans.Workflow.Grains.Telemetry;

namespace Orleans.Workflow.Api;

/// <summary>The instruments of the calls to grains.</summary>
public sealed class GrainCallMetrics
{
    private long _retries;

    /// <summary>Makes the instruments.</summary>
    public GrainCallMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);

        // Counted here and observed, so that it is shown as 0 from the start.
        meters
            .Create(WorkflowTelemetry.Name)
            .CreateObservableCounter(
                "workflow.grain_call.retries",
                () => Volatile.Read(ref _retries),
                "{retry}",
                "Calls of a grain that were made again because no answer had come."
            );
    }

    /// <summary>A call is made again.</summary>
    public void Retried() => Interlocked.Increment(ref _retries);
}

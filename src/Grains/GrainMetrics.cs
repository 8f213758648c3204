using System.Diagnostics.Metrics;
using System.Text.Json;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Telemetry;

namespace Orleans.Workflow.Grains;

/// <summary>
/// The instruments of the grains. No tag ever holds an id or a word of the vendor: those are without number.
/// </summary>
public sealed class GrainMetrics
{
    private static readonly string[] Effects = Array.ConvertAll(
        Enum.GetNames<ReceiptEffect>(),
        JsonNamingPolicy.SnakeCaseLower.ConvertName
    );

    private readonly Counter<long> _receipts;
    private long _unrecognised;
    private long _faults;

    /// <summary>Makes the instruments.</summary>
    public GrainMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        var meter = meters.Create(WorkflowTelemetry.Name);
        _receipts = meter.CreateCounter<long>(
            "workflow.receipts",
            "{receipt}",
            "Notifications that were folded and are durable."
        );

        // Counted here and observed: what hardly ever happens is shown as 0 from the start, so that an alert sees it
        // happen once.
        meter.CreateObservableCounter(
            "workflow.unrecognised_receipts",
            () => Volatile.Read(ref _unrecognised),
            "{receipt}",
            "Receipts with a status outside the vocabulary."
        );
        meter.CreateObservableCounter(
            "workflow.grain.faults",
            () => Volatile.Read(ref _faults),
            "{fault}",
            "Workflow grains that gave up after a failed write, to read their state again."
        );
    }

    /// <summary>The word of an effect, as in the contract.</summary>
    public static string Word(ReceiptEffect effect) => Effects[(int)effect];

    /// <summary>A receipt is durable.</summary>
    public void Received(string source, ReceiptEffect effect) =>
        _receipts.Add(
            1,
            new KeyValuePair<string, object?>("workflow.source", source),
            new KeyValuePair<string, object?>("workflow.effect", Word(effect))
        );

    /// <summary>Receipts reported words that are not in the vocabulary.</summary>
    public void Unrecognised(int receipts) => Interlocked.Add(ref _unrecognised, receipts);

    /// <summary>A grain has had a fault.</summary>
    public void Faulted() => Interlocked.Increment(ref _faults);
}

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

    private readonly SeriesCounter _receipts;
    private long _unrecognised;
    private long _faults;

    /// <summary>Makes the instruments.</summary>
    /// <param name="meters">Makes the meter.</param>
    /// <param name="sources">The sources that are known already; each has a series for each effect.</param>
    public GrainMetrics(IMeterFactory meters, params IEnumerable<string> sources)
    {
        ArgumentNullException.ThrowIfNull(meters);
        var meter = meters.Create(WorkflowTelemetry.Name);
        _receipts = new SeriesCounter(
            meter,
            "workflow.receipts",
            "{receipt}",
            "Notifications that were folded and are durable.",
            "workflow.source",
            "workflow.effect"
        );
        foreach (var source in sources)
            Declare(source);

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
    public void Received(string source, ReceiptEffect effect)
    {
        var word = Word(effect);

        // A silo may not know its sources before they send something: then the other effects begin with the first.
        if (!_receipts.Shows(source, word))
            Declare(source);

        _receipts.Add(source, word);
    }

    /// <summary>Receipts reported words that are not in the vocabulary.</summary>
    public void Unrecognised(int receipts) => Interlocked.Add(ref _unrecognised, receipts);

    /// <summary>A grain has had a fault.</summary>
    public void Faulted() => Interlocked.Increment(ref _faults);

    private void Declare(string source)
    {
        foreach (var effect in Effects)
            _receipts.Declare(source, effect);
    }
}

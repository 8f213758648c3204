using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Orleans.Workflow.Grains.Telemetry;

/// <summary>
/// A counter with series that are declared: each is shown with 0 before its first event, so that an alert on its
/// increase sees that event. Thread-safe.
/// </summary>
public sealed class SeriesCounter
{
    private readonly ConcurrentDictionary<(object First, object? Second), Cell> _cells = new();
    private readonly string _firstTag;
    private readonly string? _secondTag;

    /// <summary>Makes the instrument, with one tag or two.</summary>
    public SeriesCounter(
        Meter meter,
        string name,
        string unit,
        string description,
        string firstTag,
        string? secondTag = null
    )
    {
        ArgumentNullException.ThrowIfNull(meter);
        (_firstTag, _secondTag) = (firstTag, secondTag);
        meter.CreateObservableCounter(name, Observe, unit, description);
    }

    /// <summary>Shows a series.</summary>
    public void Declare(object first, object? second = null) => _cells.TryAdd((first, second), new Cell());

    /// <summary>Whether a series is shown.</summary>
    public bool Shows(object first, object? second = null) => _cells.ContainsKey((first, second));

    /// <summary>Counts events of a series.</summary>
    public void Add(object first, object? second = null, long count = 1) =>
        Interlocked.Add(ref _cells.GetOrAdd((first, second), static _ => new Cell()).Count, count);

    private IEnumerable<Measurement<long>> Observe()
    {
        foreach (var ((first, second), cell) in _cells)
        {
            var tag = new KeyValuePair<string, object?>(_firstTag, first);
            var count = Interlocked.Read(ref cell.Count);
            yield return _secondTag is null
                ? new Measurement<long>(count, tag)
                : new Measurement<long>(count, tag, new KeyValuePair<string, object?>(_secondTag, second));
        }
    }

    private sealed class Cell
    {
        public long Count;
    }
}

using System.Collections.Concurrent;

namespace Orleans.Workflow.Storage.Commit;

/// <summary>
/// Limits the batches of rows whose last commit got no answer: one of them may be what made it fail. Thread-safe.
/// </summary>
// Nothing is written again here: the grains find out what is stored, and bring what is missing (ADR 0038).
internal sealed class UnansweredRows
{
    private const int Parts = 16;

    /// <summary>From how many rows on they are forgotten: some never come again.</summary>
    private const int MaxRows = 65_536;

    private readonly ConcurrentDictionary<RowKey, int> _maxBatches = new();

    /// <summary>How many rows may be committed together with a row.</summary>
    public int MaxBatchOf(RowKey row) => _maxBatches.GetValueOrDefault(row, int.MaxValue);

    /// <summary>Notes that a batch got no answer.</summary>
    public void Add(IReadOnlyCollection<IKeyedRequest> batch)
    {
        if (_maxBatches.Count >= MaxRows)
            _maxBatches.Clear();

        foreach (var write in batch)
            _maxBatches[write.Key] = Math.Max(1, batch.Count / Parts);
    }

    /// <summary>Notes that a batch got an answer.</summary>
    public void Remove(IReadOnlyCollection<IKeyedRequest> batch)
    {
        foreach (var write in batch)
        {
            if (write.MaxBatch != int.MaxValue)
                _maxBatches.TryRemove(write.Key, out _);
        }
    }
}

using System.Collections.Concurrent;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Grains.Vocabularies;

/// <summary>
/// Counts the words that a silo receives, beside the notifications and never in their way: the counts are in memory
/// until they are taken and stored, and a silo that is killed takes those of its last seconds with it. Thread-safe.
/// </summary>
public sealed class StatusUsageCounter
{
    /// <summary>
    /// How many words are counted between two takings; a sender that makes up words does not fill the memory.
    /// </summary>
    private const int MaxWords = 1_000;

    private ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Counts the words of a receipt.</summary>
    public void Add(Receipt receipt)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        var entries = _entries;
        if (receipt.Notification.Status is { } status)
            Add(entries, status, receipt.ReceivedAt);

        foreach (var action in receipt.Notification.Actions)
        {
            if (action.TaskStatus is { } word)
                Add(entries, word, receipt.ReceivedAt);
        }
    }

    /// <summary>Takes what was counted since the last time.</summary>
    public IReadOnlyList<StatusUsage> Take()
    {
        if (_entries.IsEmpty)
            return [];

        // A count that is being added to the old one at this moment may be missed; the counts are approximate.
        var entries = Interlocked.Exchange(ref _entries, new(StringComparer.Ordinal));
        return
        [
            .. entries.Select(static entry => new StatusUsage(
                entry.Key,
                entry.Value.Count,
                entry.Value.First,
                entry.Value.Last
            )),
        ];
    }

    /// <summary>Puts back what could not be stored, as far as there is room.</summary>
    public void PutBack(IEnumerable<StatusUsage> counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        var entries = _entries;
        foreach (var (word, count, first, last) in counts)
            Find(entries, word, first)?.Add(count, last);
    }

    private static void Add(ConcurrentDictionary<string, Entry> entries, string word, long at) =>
        Find(entries, word, at)?.Add(1, at);

    /// <summary>The entry of a word; null if there is none and no room for one.</summary>
    private static Entry? Find(ConcurrentDictionary<string, Entry> entries, string word, long first) =>
        entries.TryGetValue(word, out var known) ? known
        : entries.Count < MaxWords ? entries.GetOrAdd(word, static (_, first) => new Entry(first), first)
        : null;

    private sealed class Entry(long first)
    {
        private long _count;
        private long _last;

        public long First => first;

        public long Count => Volatile.Read(ref _count);

        public long Last => Volatile.Read(ref _last);

        public void Add(long count, long at)
        {
            Interlocked.Add(ref _count, count);
            Volatile.Write(ref _last, at);
        }
    }
}

using System.Collections.Immutable;

namespace Orleans.Workflow.Domain;

/// <summary>
/// Looks up ascending keys in an ascending list, each from where the last was found, in steps that double: as fast as a
/// merge where many are sought, and as a binary search where few are.
/// </summary>
internal struct SortedLookup<T>(ImmutableArray<T> items, Func<T, string?> key)
    where T : class
{
    /// <summary>The first position whose item does not come before the last key sought.</summary>
    public int Position { get; private set; }

    /// <summary>The item with a key, or null. Keys must be sought in ascending order (ordinal, null first).</summary>
    public T? Find(string? sought)
    {
        var (low, step) = (Position, 1);
        var high = low;
        while (high < items.Length && string.CompareOrdinal(key(items[high]), sought) < 0)
        {
            low = high + 1;
            high = Math.Min(items.Length, high + step);
            step *= 2;
        }

        // The sought position is in [low, high].
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (string.CompareOrdinal(key(items[middle]), sought) < 0)
                low = middle + 1;
            else
                high = middle;
        }

        Position = low;
        return low < items.Length && string.Equals(key(items[low]), sought, StringComparison.Ordinal)
            ? items[low]
            : null;
    }
}

/// <summary>Gathers changes of an ascending list and makes the changed list in one pass.</summary>
internal struct SortedChanges<T>(ImmutableArray<T> items)
{
    private List<(int Place, T Item)>? _changes;
    private int _added;

    /// <summary>Puts an item in a place. Places must come in ascending order.</summary>
    /// <param name="place">The place in the list; of a new item, the complement of the place of the item that comes
    /// behind it.</param>
    /// <param name="item">The item.</param>
    public void Put(int place, T item)
    {
        (_changes ??= []).Add((place, item));
        if (place < 0)
            _added++;
    }

    /// <summary>The list with the changes; the same instance if there are none.</summary>
    public readonly ImmutableArray<T> ToImmutable()
    {
        if (_changes is null)
            return items;

        var merged = ImmutableArray.CreateBuilder<T>(items.Length + _added);
        var taken = 0;
        foreach (var (place, item) in _changes)
        {
            var before = place < 0 ? ~place : place;
            merged.AddRange(items.AsSpan(taken, before - taken));
            merged.Add(item);
            taken = place < 0 ? before : before + 1;
        }

        merged.AddRange(items.AsSpan()[taken..]);
        return merged.MoveToImmutable();
    }
}

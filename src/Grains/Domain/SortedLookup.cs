using System.Collections.Immutable;

namespace Orleans.Workflow.Grains.Domain;

/// <summary>Looks up ascending keys in an ascending list, each from where the last was found: a merge of sorted lists.</summary>
internal struct SortedLookup<T>(ImmutableArray<T> items, Func<T, string?> key)
    where T : class
{
    /// <summary>The first position whose item does not come before the last key sought.</summary>
    public int Position { get; private set; }

    /// <summary>The item with a key, or null. Keys must be sought in ascending order (ordinal, null first).</summary>
    public T? Find(string? sought)
    {
        while (Position < items.Length)
        {
            var order = string.CompareOrdinal(key(items[Position]), sought);
            if (order >= 0)
                return order == 0 ? items[Position] : null;

            Position++;
        }

        return null;
    }
}

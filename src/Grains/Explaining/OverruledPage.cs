using System.Collections.Immutable;

namespace Orleans.Workflow.Grains.Explaining;

/// <summary>Picks a page of what was overruled of one register or name, in the order in which that happened.</summary>
/// <param name="topic">The register or name.</param>
/// <param name="skip">How many come before the page.</param>
/// <param name="limit">How many are on it at most.</param>
public sealed class OverruledPage(Topic topic, long skip, int limit)
{
    private readonly ImmutableArray<Overruled>.Builder _items = ImmutableArray.CreateBuilder<Overruled>();
    private long _seen;

    /// <summary>What is on the page.</summary>
    public ImmutableArray<Overruled> Items => _items.ToImmutable();

    /// <summary>How many come before the next page; null if there is none.</summary>
    public long? Next => _seen > skip + limit ? skip + limit : null;

    /// <summary>Takes what belongs on the page.</summary>
    public void Add(Topic of, Overruled overruled)
    {
        if (of != topic)
            return;

        if (_seen >= skip && _items.Count < limit)
            _items.Add(overruled);

        _seen++;
    }
}

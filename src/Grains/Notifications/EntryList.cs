using System.Collections.Immutable;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Grains.Notifications;

/// <summary>
/// The entries of a notification while it is read. Each thread keeps the list that it fills, unless it grew long: a
/// list that grows from empty would be allocated several times over for each wide notification.
/// </summary>
internal sealed class EntryList : IDisposable
{
    private const int MaxKept = 1_000;

    [ThreadStatic]
    private static EntryList? _kept;

    private readonly ImmutableArray<StatusChangeAction>.Builder _actions =
        ImmutableArray.CreateBuilder<StatusChangeAction>();
    private readonly ImmutableArray<int>.Builder _ends = ImmutableArray.CreateBuilder<int>();

    private EntryList() { }

    /// <summary>How many there are.</summary>
    public int Count => _actions.Count;

    /// <summary>Where the last one ends.</summary>
    public int End => _ends[^1];

    /// <summary>An empty list, for the calling thread until it is disposed of.</summary>
    public static EntryList Take()
    {
        var list = _kept ?? new EntryList();
        _kept = null;
        return list;
    }

    /// <summary>Adds an entry.</summary>
    /// <param name="action">The entry.</param>
    /// <param name="end">Where it ends in the body.</param>
    public void Add(in StatusChangeAction action, int end)
    {
        _actions.Add(action);
        _ends.Add(end);
    }

    /// <summary>The entries so far.</summary>
    public ImmutableArray<StatusChangeAction> Actions() => _actions.ToImmutable();

    /// <summary>Where each ends.</summary>
    public ImmutableArray<int> Ends() => _ends.ToImmutable();

    /// <inheritdoc/>
    public void Dispose()
    {
        _actions.Clear();
        _ends.Clear();
        if (_actions.Capacity <= MaxKept)
            _kept = this;
    }
}

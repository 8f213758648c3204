using System.Collections.Immutable;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Grains.NodeTasks;

/// <summary>
/// How many facts a node has, as far as that was read. A commit beside the read may come before it or behind it: of two
/// numbers the larger one is newer, because none ever falls.
/// </summary>
internal sealed class FactCounts
{
    private readonly Dictionary<(FactKind Kind, string Value), FactCount> _counts = [];
    private bool _isLoaded;

    /// <summary>How often they were forgotten: what was read across that may be older than what is stored.</summary>
    public int Forgotten { get; private set; }

    /// <summary>The counts by kind and value; null if they are to be read.</summary>
    public ImmutableArray<FactCount>? Known =>
        _isLoaded
            ?
            [
                .. _counts
                    .Values.OrderBy(static count => count.Kind)
                    .ThenBy(static count => count.Value, StringComparer.Ordinal),
            ]
            : null;

    /// <summary>Takes what was read.</summary>
    public void Load(ImmutableArray<FactCount> stored)
    {
        _isLoaded = true;
        Take(stored);
    }

    /// <summary>Takes the counts that a commit changed.</summary>
    public void Take(ImmutableArray<FactCount> changed)
    {
        foreach (var count in changed)
        {
            var key = (count.Kind, count.Value);
            var known = _counts.GetValueOrDefault(key);
            _counts[key] = count with
            {
                Count = Math.Max(count.Count, known.Count),
                Different = Math.Max(count.Different, known.Different),
            };
        }
    }

    /// <summary>Lets the counts be read again.</summary>
    public void Forget()
    {
        _isLoaded = false;
        _counts.Clear();
        Forgotten++;
    }
}

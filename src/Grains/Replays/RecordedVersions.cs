using System.Collections.Immutable;
using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Grains.Interfaces.Persistence;

namespace Orleans.Workflow.Grains.Replays;

/// <summary>
/// The versions as they were given. Folding again under another vocabulary would count others, and a version that was shown once never
/// becomes another.
/// </summary>
internal sealed class RecordedVersions
{
    private readonly Dictionary<string, long> _nodes = new(StringComparer.Ordinal);
    private long _version;
    private long _changedAt;

    /// <summary>Notes a receipt or a refold.</summary>
    public void Add(HistoryEntry entry)
    {
        _version = entry.Version;
        if (entry.ChangedNodes is not { } changed)
            return;

        _changedAt = Math.Max(_changedAt, entry.ReceivedAt);
        foreach (var nodeTaskId in changed)
            _nodes[nodeTaskId] = entry.Version;
    }

    /// <summary>Puts them into a state.</summary>
    public WorkflowState Put(WorkflowState state) => state with
    {
        Version = _version,
        LastChangedAt = _changedAt,
        Nodes = ImmutableArray.CreateRange(state.Nodes, static (node, nodes) => node with { Version = nodes[node.NodeTaskId] }, _nodes),
    };
}

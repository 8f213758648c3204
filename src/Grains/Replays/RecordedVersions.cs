using System.Collections.Immutable;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Grains.Replays;

/// <summary>
/// The versions as they were given. Folding again under another vocabulary would count others, and a version that was
/// shown once never becomes another.
/// </summary>
/// <param name="start">What the replay begins with.</param>
internal sealed class RecordedVersions(WorkflowState start)
{
    private readonly Dictionary<string, long> _nodes = start.Nodes.ToDictionary(
        static node => node.NodeTaskId,
        static node => node.Version,
        StringComparer.Ordinal
    );

    private long _version = start.Version;
    private long _changedAt = start.LastChangedAt;

    /// <summary>Notes a receipt or a refold.</summary>
    public void Add(ReceiptRow row)
    {
        _version = row.Version;
        if (row.Transitions.IsEmpty)
            return;

        _changedAt = Math.Max(_changedAt, row.ReceivedAt);
        foreach (var transition in row.Transitions)
        {
            if (transition.NodeTaskId is { } nodeTaskId)
                _nodes[nodeTaskId] = row.Version;
        }
    }

    /// <summary>Puts them into a state.</summary>
    public WorkflowState Put(WorkflowState state) =>
        state with
        {
            Version = _version,
            LastChangedAt = _changedAt,
            Nodes = ImmutableArray.CreateRange(
                state.Nodes,
                static (node, nodes) => node with { Version = nodes[node.NodeTaskId] },
                _nodes
            ),
        };
}

using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Domain;

/// <summary>
/// What follows from all node tasks of a workflow together. The fold keeps it up to date from what a receipt changes,
/// so that a small notification of a wide workflow does not look at all of it.
/// </summary>
public sealed record NodeTotals
{
    /// <summary>Of no nodes.</summary>
    public static readonly NodeTotals None = new();

    /// <summary>How many tasks there are.</summary>
    public int Tasks { get; init; }

    /// <summary>How many tasks were reported with more than one outcome.</summary>
    public int Contested { get; init; }

    /// <summary>How many tasks have a word outside the vocabulary.</summary>
    public int Unrecognised { get; init; }

    /// <summary>How many of the tasks that count for their node have not ended.</summary>
    public int Unfinished { get; init; }

    /// <summary>About how many bytes the nodes have when they are stored.</summary>
    public long Bytes { get; init; }

    /// <summary>The distinct types of the nodes, ascending (ordinal).</summary>
    public ImmutableArray<string> Types { get; init; } = [];

    /// <summary>How many nodes there are of each type.</summary>
    public ImmutableArray<int> NodesOfTypes { get; init; } = [];

    /// <summary>Of some nodes.</summary>
    public static NodeTotals Of(ImmutableArray<NodeState> nodes)
    {
        if (nodes.IsEmpty)
            return None;

        var changes = new NodeTotalsChanges();
        foreach (var node in nodes)
        {
            foreach (var task in node.Tasks)
                changes.Replace(null, task);

            changes.Replace(null, node);
        }

        return changes.ApplyTo(None);
    }
}

/// <summary>Gathers by how much one receipt changes the totals.</summary>
internal sealed class NodeTotalsChanges
{
    // What the JSON of a node or a task takes beside its texts.
    private const int BytesOfNode = 32,
        BytesOfTask = 64;

    private int _tasks;
    private int _contested;
    private int _unrecognised;
    private int _unfinished;
    private long _bytes;
    private Dictionary<string, int>? _types;

    /// <summary>Notes that a task is new, or another than it was.</summary>
    public void Replace(TaskState? before, TaskState after)
    {
        if (before is not null)
            Add(before, -1);

        Add(after, 1);
    }

    /// <summary>Notes that a node is new, or another than it was. Its tasks are noted one by one.</summary>
    public void Replace(NodeState? before, NodeState after)
    {
        if (before is not null)
            Add(before, -1);

        Add(after, 1);
        if (before?.NodeType == after.NodeType)
            return;

        Count(after.NodeType, 1);
        if (before is not null)
            Count(before.NodeType, -1);
    }

    /// <summary>The totals after the changes.</summary>
    public NodeTotals ApplyTo(NodeTotals before)
    {
        var after = before with
        {
            Tasks = before.Tasks + _tasks,
            Contested = before.Contested + _contested,
            Unrecognised = before.Unrecognised + _unrecognised,
            Unfinished = before.Unfinished + _unfinished,
            Bytes = before.Bytes + _bytes,
        };
        return _types is null ? after : WithTypes(after, _types);
    }

    private void Add(TaskState task, int sign)
    {
        var register = task.Status;
        _tasks += sign;
        _contested += register.IsContested ? sign : 0;
        _unrecognised += register.Unrecognised ? sign : 0;
        _unfinished += register.Phase == WorkflowPhase.Ended ? 0 : sign;
        _bytes +=
            sign
            * (
                BytesOfTask
                + Length(task.TaskId)
                + Length(register.Live)
                + Length(register.Completed)
                + Length(register.Cancelled)
                + Length(register.Failed)
            );
    }

    private void Add(NodeState node, int sign)
    {
        // The anonymous task does not count for its node beside a named one.
        _unfinished -= node.Tasks is [{ TaskId: null, Status.Phase: not WorkflowPhase.Ended }, _, ..] ? sign : 0;
        _bytes +=
            sign
            * (
                BytesOfNode
                + Length(node.NodeTaskId)
                + Length(node.ReportedName)
                + Length(node.ReportedType)
                + Length(node.LentName)
                + Length(node.LentType)
            );
    }

    private void Count(string type, int nodes) =>
        CollectionsMarshal.GetValueRefOrAddDefault(
            _types ??= new Dictionary<string, int>(StringComparer.Ordinal),
            type,
            out _
        ) += nodes;

    private static NodeTotals WithTypes(NodeTotals totals, Dictionary<string, int> changes)
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < totals.Types.Length; i++)
            counts.Add(totals.Types[i], totals.NodesOfTypes[i]);

        foreach (var (type, nodes) in changes)
        {
            var count = counts.GetValueOrDefault(type) + nodes;
            if (count == 0)
                counts.Remove(type);
            else
                counts[type] = count;
        }

        return totals with
        {
            Types = [.. counts.Keys],
            NodesOfTypes = [.. counts.Values],
        };
    }

    private static int Length(string? text) => text?.Length ?? 0;
}

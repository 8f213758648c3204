using System.Collections.Immutable;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Domain;

/// <summary>
/// A notification with at most one observation per key, and its nodes and tasks in the state's own order, so that the
/// two merge like sorted lists.
/// </summary>
/// <param name="Status">The workflow's status.</param>
/// <param name="Nodes">The nodes, ascending by id.</param>
internal sealed record ReducedNotification(ParsedStatus Status, ImmutableArray<NodeObservation> Nodes);

/// <summary>What a notification says of a node task.</summary>
/// <param name="Entry">The last entry listed for the node: its id and names count.</param>
/// <param name="Tasks">Its tasks, the anonymous one first, then ascending by id.</param>
internal readonly record struct NodeObservation(StatusChangeAction Entry, ReadOnlyMemory<TaskObservation> Tasks);

/// <summary>What a notification says of a task.</summary>
/// <param name="TaskId">The task; null for the anonymous one.</param>
/// <param name="First">The word that counts; if all entries have ended, the first of them.</param>
/// <param name="Rest">Further ended words, which all join.</param>
internal readonly record struct TaskObservation(string? TaskId, ParsedStatus First, ImmutableArray<ParsedStatus> Rest);

/// <summary>
/// Reduces a notification that may list a key more than once. The least advanced entry counts: of the lowest phase, of
/// its lowest rank; of several the last listed; if all have ended, all of them join. Of names the last listed counts.
/// </summary>
internal static class Reduction
{
    /// <summary>Reads and reduces a notification.</summary>
    public static ReducedNotification Reduce(StatusChange notification, Vocabulary vocabulary)
    {
        var entries = notification.Actions;
        var order = Order(entries);
        var nodes = ImmutableArray.CreateBuilder<NodeObservation>(entries.Length);

        // One array for the tasks of all nodes: there is no more than one for each entry.
        var tasks = new TaskObservation[entries.Length];
        var count = 0;
        for (var start = 0; start < order.Length; )
        {
            var end = start + 1;
            var last = order[start];
            while (end < order.Length && entries[order[end]].NodeTaskId == entries[order[start]].NodeTaskId)
                last = Math.Max(last, order[end++]);

            var ofNode = Observe(entries, order.AsSpan(start, end - start), vocabulary, tasks.AsSpan(count));
            nodes.Add(
                new NodeObservation(
                    WithNames(entries, entries[last], order.AsSpan(start, end - start)),
                    tasks.AsMemory(count, ofNode)
                )
            );
            count += ofNode;
            start = end;
        }

        return new ReducedNotification(vocabulary.Read(notification.Status!), nodes.DrainToImmutable());
    }

    /// <summary>The positions of the entries by node, task and position.</summary>
    private static int[] Order(ImmutableArray<StatusChangeAction> entries)
    {
        var order = new int[entries.Length];
        for (var i = 0; i < order.Length; i++)
            order[i] = i;

        Array.Sort(order, (a, b) =>
        {
            var byNode = string.CompareOrdinal(entries[a].NodeTaskId, entries[b].NodeTaskId);
            if (byNode != 0)
                return byNode;

            var byTask = string.CompareOrdinal(entries[a].TaskId, entries[b].TaskId);
            return byTask != 0 ? byTask : a.CompareTo(b);
        });
        return order;
    }

    /// <summary>
    /// The last entry of a node with the last names that its entries tell: one that lacks a name says nothing of it.
    /// </summary>
    private static StatusChangeAction WithNames(
        ImmutableArray<StatusChangeAction> entries,
        StatusChangeAction last,
        ReadOnlySpan<int> order
    )
    {
        var (ofName, ofType) = (-1, -1);
        for (var i = 0; i < order.Length && (last.NodeTaskName is null || last.NodeType is null); i++)
        {
            if (entries[order[i]].NodeTaskName is not null)
                ofName = Math.Max(ofName, order[i]);

            if (entries[order[i]].NodeType is not null)
                ofType = Math.Max(ofType, order[i]);
        }

        return last with
        {
            NodeTaskName = last.NodeTaskName ?? (ofName < 0 ? null : entries[ofName].NodeTaskName),
            NodeType = last.NodeType ?? (ofType < 0 ? null : entries[ofType].NodeType),
        };
    }

    /// <summary>Writes what is said of the tasks of a node.</summary>
    /// <returns>How many there are.</returns>
    private static int Observe(
        ImmutableArray<StatusChangeAction> entries,
        ReadOnlySpan<int> order,
        Vocabulary vocabulary,
        Span<TaskObservation> tasks
    )
    {
        var count = 0;
        for (var start = 0; start < order.Length; )
        {
            var taskId = entries[order[start]].TaskId;
            var end = start + 1;
            while (end < order.Length && entries[order[end]].TaskId == taskId)
                end++;

            if (ObserveTask(entries, order[start..end], vocabulary) is { } observation)
                tasks[count++] = observation;

            start = end;
        }

        return count;
    }

    private static TaskObservation? ObserveTask(
        ImmutableArray<StatusChangeAction> entries,
        ReadOnlySpan<int> order,
        Vocabulary vocabulary
    )
    {
        ParsedStatus? counts = null;
        ImmutableArray<ParsedStatus> rest = [];
        foreach (var position in order)
        {
            if (entries[position].TaskStatus is not { } word)
                continue;

            var status = vocabulary.Read(word);
            if (counts is not { } least || status.Phase < least.Phase)
                (counts, rest) = (status, []);
            else if (status.Phase == least.Phase && status.Phase == WorkflowPhase.Ended)
                rest = rest.Add(status);
            else if (status.Phase == least.Phase && status.Rank <= least.Rank)
                counts = status;
        }

        return counts is { } first ? new TaskObservation(entries[order[0]].TaskId, first, rest) : null;
    }
}

using System.Collections.Immutable;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Grains.Notifications;

/// <summary>
/// What was read last of workflows with many entries. The next notification of such a workflow says nearly all of it
/// again, and what comes again byte for byte is taken from here, not read. Each workflow has a few places to be in,
/// from which others push it out; at most some 32 MiB of bodies are kept. What is here and what is not changes no
/// answer. Safe for any number of threads.
/// </summary>
public sealed class RecentNotifications
{
    // A few entries are read as fast as they are looked up.
    private const int FewestEntries = 8;
    private const int BodyTimeout = 32 * 1024;
    private const int Sets = 256;
    private const int PlacesOfSet = 4;

    private readonly ReadNotification?[] _places = new ReadNotification?[Sets * PlacesOfSet];
    private int _turn;

    /// <summary>The last one of a workflow, or null.</summary>
    internal ReadNotification? Find(string workflowId)
    {
        foreach (ref var place in SetOf(workflowId))
        {
            if (Volatile.Read(ref place) is { } last && last.WorkflowId == workflowId)
                return last;
        }

        return null;
    }

    /// <summary>Keeps one, if it pays.</summary>
    internal void Keep(
        string workflowId,
        ReadOnlyMemory<byte> body,
        EntryList entries,
        ImmutableArray<StatusChangeAction> actions
    )
    {
        if (actions.Length < FewestEntries || body.Length > BodyTimeout)
            return;

        var read = new ReadNotification(workflowId, body, entries.Ends(), actions);
        var set = SetOf(workflowId);
        foreach (ref var place in set)
        {
            if (Volatile.Read(ref place) is { } other && other.WorkflowId != workflowId)
                continue;

            Volatile.Write(ref place, read);
            return;
        }

        Volatile.Write(ref set[(int)((uint)Interlocked.Increment(ref _turn) % PlacesOfSet)], read);
    }

    private Span<ReadNotification?> SetOf(string workflowId) =>
        _places.AsSpan((int)((uint)workflowId.GetHashCode() % Sets) * PlacesOfSet, PlacesOfSet);
}

/// <summary>A notification with where its entries are in the body.</summary>
/// <param name="WorkflowId">The workflow.</param>
/// <param name="Body">The body without a byte order mark.</param>
/// <param name="Ends">Where each entry ends in it.</param>
/// <param name="Actions">The entries.</param>
internal sealed record ReadNotification(
    string WorkflowId,
    ReadOnlyMemory<byte> Body,
    ImmutableArray<int> Ends,
    ImmutableArray<StatusChangeAction> Actions
);

using System.Collections.Immutable;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Grains.Notifications;

/// <summary>
/// What was read last of workflows with many entries. The next notification of such a workflow says nearly all of it again, and what comes
/// again byte for byte is taken from here, not read. Keeps the last notification of each place, at most some 16 MiB of bodies;
/// what is here and what is not changes no answer. Safe for any number of threads.
/// </summary>
public sealed class RecentNotifications
{
    // A few entries are read as fast as they are looked up.
    private const int FewestEntries = 8;
    private const int LongestBody = 64 * 1024;

    private readonly ReadNotification?[] _places = new ReadNotification?[256];

    /// <summary>The last one of a workflow, or null.</summary>
    internal ReadNotification? Find(string workflowId) =>
        Volatile.Read(ref Place(workflowId)) is { } last && last.WorkflowId == workflowId ? last : null;

    /// <summary>Keeps one, if it pays.</summary>
    internal void Keep(string workflowId, ReadOnlyMemory<byte> body, EntryList entries, ImmutableArray<StatusChangeAction> actions)
    {
        if (actions.Length >= FewestEntries && body.Length <= LongestBody)
            Volatile.Write(ref Place(workflowId), new ReadNotification(workflowId, body, entries.Ends(), actions));
    }

    private ref ReadNotification? Place(string workflowId) => ref _places[(uint)workflowId.GetHashCode() % (uint)_places.Length];
}

/// <summary>A notification with where its entries are in the body.</summary>
/// <param name="WorkflowId">The workflow.</param>
/// <param name="Body">The body without a byte order mark.</param>
/// <param name="Ends">Where each entry ends in it.</param>
/// <param name="Actions">The entries.</param>
internal sealed record ReadNotification(
    string WorkflowId, ReadOnlyMemory<byte> Body, ImmutableArray<int> Ends, ImmutableArray<StatusChangeAction> Actions);

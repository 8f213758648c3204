using System.Runtime.InteropServices;
using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Grains.Workflows;

/// <summary>Turns what arrives at the grain, or is stored, into what the fold takes.</summary>
internal static class DomainNotifications
{
    /// <summary>The fold's receipt.</summary>
    public static Receipt Of(NotificationReceipt receipt) =>
        Of(receipt.Id, receipt.ReceivedAt.ToUnixTimeMilliseconds(), receipt.Source, receipt.Notification);

    /// <summary>The fold's receipt.</summary>
    public static Receipt Of(Guid id, long receivedAt, string source, StatusChange notification)
    {
        var (workflowId, name, status, actions) = notification;
        var entries = new ActionEntry[actions.Length];
        for (var i = 0; i < entries.Length; i++)
        {
            var action = actions[i];
            entries[i] = new ActionEntry(action.NodeTaskId, action.NodeTaskName, action.NodeType, action.TaskId, action.TaskStatus);
        }

        return new Receipt(id, receivedAt, source, new Notification(workflowId, name, status, ImmutableCollectionsMarshal.AsImmutableArray(entries)));
    }
}

using System.Runtime.InteropServices;
using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Grains.Workflows;

/// <summary>Turns what arrives at the grain into what the fold takes.</summary>
internal static class DomainNotifications
{
    /// <summary>The fold's receipt.</summary>
    public static Receipt Of(NotificationReceipt receipt)
    {
        var (workflowId, name, status, actions) = receipt.Notification;
        var entries = new ActionEntry[actions.Length];
        for (var i = 0; i < entries.Length; i++)
        {
            var action = actions[i];
            entries[i] = new ActionEntry(action.NodeTaskId, action.NodeTaskName, action.NodeType, action.TaskId, action.TaskStatus);
        }

        return new Receipt(
            receipt.Id,
            receipt.ReceivedAt.ToUnixTimeMilliseconds(),
            receipt.Source,
            new Notification(workflowId, name, status, ImmutableCollectionsMarshal.AsImmutableArray(entries)));
    }
}

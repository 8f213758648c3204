using System.Collections.Immutable;
using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Grains.Notifications;
using Orleans.Workflow.Grains.Workflows;

namespace Orleans.Workflow.Grains.Receipts;

/// <summary>Folds receipts again from what is stored of them.</summary>
public static class StoredReceipts
{
    /// <summary>Folds a stored receipt into the state before it.</summary>
    /// <returns>The row as it should be and the state after it, or what is wrong with the body.</returns>
    public static (ReceiptRow? Expected, WorkflowState State, string? Error) Apply(WorkflowFold fold, WorkflowState state, ReceiptRow stored)
    {
        ArgumentNullException.ThrowIfNull(fold);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(stored);
        var (notification, error) = NotificationReader.Read(stored.Body.Span);
        if (notification is null)
            return (null, state, $"{error!.Path}: {error.Detail}");

        if (notification.WorkflowId != state.WorkflowId)
            return (null, state, "The body is about another workflow.");

        var receipt = new NotificationReceipt(
            stored.Id, DateTimeOffset.FromUnixTimeMilliseconds(stored.ReceivedAt), stored.Source, notification, stored.Body, Attempt: 1);
        var result = fold.Apply(state, DomainNotifications.Of(receipt));
        return (Row(receipt, result), result.State, null);
    }

    /// <summary>The row of a receipt with what folding it gave.</summary>
    internal static ReceiptRow Row(NotificationReceipt receipt, in FoldResult result) => new(
        receipt.Id,
        result.State.Seq,
        receipt.ReceivedAt.ToUnixTimeMilliseconds(),
        receipt.Source,
        (ReceiptEffect)result.Effect,
        result.State.Version,
        result.State.Fingerprint,
        receipt.Body,
        ImmutableArray.CreateRange(result.Transitions, TransitionRows.Of));
}

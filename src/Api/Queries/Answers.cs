using System.Collections.Immutable;
using Orleans.Workflow.Api.Json;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Grains.Notifications;
using Orleans.Workflow.Storage.ReadModel;

namespace Orleans.Workflow.Api.Queries;

/// <summary>The empty object.</summary>
public sealed record EmptyAnswer;

/// <summary>A page of a list.</summary>
/// <param name="Items">What is on the page.</param>
/// <param name="NextCursor">Gives the next page as the parameter <c>cursor</c>; null if there is none.</param>
public sealed record ListAnswer<T>(ImmutableArray<T> Items, string? NextCursor);

/// <summary>Workflows counted by something.</summary>
/// <param name="Total">How many there are in all groups.</param>
/// <param name="Groups">The groups, the largest first, as many as were asked for.</param>
/// <param name="GroupTotal">How many groups there are.</param>
public sealed record CountsAnswer(long Total, ImmutableArray<WorkflowCount> Groups, long GroupTotal);

/// <summary>A receipt with its raw body, or a refold.</summary>
/// <param name="ReceiptId">Its id.</param>
/// <param name="WorkflowId">The workflow it is about.</param>
/// <param name="Seq">Its place in the order of the fold, from 1.</param>
/// <param name="ReceivedAt">When it was received.</param>
/// <param name="Source">The named sender.</param>
/// <param name="Effect">What it did.</param>
/// <param name="Version">The workflow's version after it.</param>
/// <param name="Vocabulary">The fingerprint of the vocabulary under which it was folded; of a refold, under which everything before it was.</param>
/// <param name="Kind">Whether it is a notification or a refold.</param>
/// <param name="Repairs">What in the body was not as documented and was understood all the same, by kind. The body is as it was received.</param>
/// <param name="Body">The body as it was received, byte for byte; null of a refold.</param>
public sealed record ReceiptAnswer(
    Guid ReceiptId,
    string WorkflowId,
    long Seq,
    DateTimeOffset ReceivedAt,
    string Source,
    ReceiptEffect Effect,
    long Version,
    string Vocabulary,
    ReceiptKind Kind,
    ImmutableArray<Repair> Repairs,
    RawJson Body)
{
    /// <summary>The answer for a stored receipt.</summary>
    internal static ReceiptAnswer Of(StoredReceipt stored)
    {
        var (receipt, body) = stored;

        // Reading the body again says what was repaired when it was read first: nothing but the body decides that.
        ImmutableArray<Repair> repairs = [];
        if (receipt.Kind == ReceiptKind.Notification)
            NotificationReader.Read(body, recent: null, out repairs);

        return new ReceiptAnswer(
            receipt.ReceiptId, receipt.WorkflowId, receipt.Seq, receipt.ReceivedAt, receipt.Source, receipt.Effect, receipt.Version,
            receipt.Vocabulary, receipt.Kind, repairs, new RawJson(WithoutMark(body)));
    }

    private static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> body) =>
        body.Span.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? body[3..] : body;
}

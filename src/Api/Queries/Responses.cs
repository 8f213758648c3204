using System.Collections.Immutable;
using System.Security.Claims;
using Orleans.Workflow.Api.Json;
using Orleans.Workflow.Api.Security.Access;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Notifications;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Queries;

/// <summary>The empty object.</summary>
public sealed record EmptyResponse;

/// <summary>A page of a list.</summary>
/// <param name="Items">What is on the page.</param>
/// <param name="NextCursor">Gives the next page as the parameter <c>cursor</c>; null if there is none.</param>
public sealed record ListResponse<T>(ImmutableArray<T> Items, string? NextCursor);

/// <summary>Workflows counted by something.</summary>
/// <param name="Total">How many there are in all groups.</param>
/// <param name="Groups">The groups, the largest first, as many as were asked for.</param>
/// <param name="GroupTotal">How many groups there are.</param>
public sealed record CountsResponse(long Total, ImmutableArray<WorkflowCount> Groups, long GroupTotal);

/// <summary>A receipt with its raw body, or a refold.</summary>
/// <param name="ReceiptId">Its id.</param>
/// <param name="WorkflowId">The workflow it is about; null of a fact whose sender names none.</param>
/// <param name="Seq">Its place in the order of the fold, from 1; null of a fact, which is not folded, as the version
/// and the vocabulary.</param>
/// <param name="ReceivedAt">When it was received.</param>
/// <param name="Source">The named sender.</param>
/// <param name="Effect">What it did.</param>
/// <param name="Version">The workflow's version after it.</param>
/// <param name="Vocabulary">The fingerprint of the vocabulary under which it was folded; of a refold, under which
/// everything before it was.</param>
/// <param name="Kind">Whether it is a notification of a status, an introduction of nodes, or a refold; null of a
/// fact.</param>
/// <param name="Repairs">What in the body was not as documented and was understood all the same, by kind. The body is
/// as it was received.</param>
/// <param name="Fact">What it says if it is a fact; null if not.</param>
/// <param name="Body">The body as it was received, byte for byte; of an introduction the nodes that a fact made known;
/// null of a refold, and of a fact unless the role is read-personal or admin.</param>
public sealed record ReceiptResponse(
    Guid ReceiptId,
    string? WorkflowId,
    long? Seq,
    DateTimeOffset ReceivedAt,
    string Source,
    ReceiptEffect Effect,
    long? Version,
    string? Vocabulary,
    ReceiptKind? Kind,
    ImmutableArray<Repair> Repairs,
    FactSummary? Fact,
    RawJson Body
)
{
    /// <summary>The answer for a stored receipt.</summary>
    internal static ReceiptResponse Of(StoredReceipt stored)
    {
        var (receipt, body) = stored;

        // Reading the body again says what was repaired when it was read first: nothing but the body decides that.
        ImmutableArray<Repair> repairs = [];
        if (receipt.Kind == ReceiptKind.Notification)
            NotificationReader.Read(body, recent: null, out repairs);

        return new ReceiptResponse(
            receipt.ReceiptId,
            receipt.WorkflowId,
            receipt.Seq,
            receipt.ReceivedAt,
            receipt.Source,
            receipt.Effect,
            receipt.Version,
            receipt.Vocabulary,
            receipt.Kind,
            repairs,
            Fact: null,
            new RawJson(WithoutMark(body))
        );
    }

    /// <summary>The answer for a fact, as a client may see it.</summary>
    internal static ReceiptResponse Of(StoredFact stored, ClaimsPrincipal user)
    {
        var fact = Persons.Visible(stored.Summary, user);
        return new ReceiptResponse(
            fact.ReceiptId,
            fact.WorkflowId,
            Seq: null,
            fact.ReceivedAt,
            fact.Source,
            fact.Effect,
            Version: null,
            Vocabulary: null,
            Kind: null,
            Repairs: [],
            fact,
            user.MaySeePersons() ? new RawJson(WithoutMark(stored.Body)) : default
        );
    }

    private static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> body) =>
        body.Span.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? body[3..] : body;
}

namespace Orleans.Workflow.Storage.ReadModel;

/// <summary>A request that was refused.</summary>
/// <param name="Id">Its id, a UUIDv7, as told to the sender.</param>
/// <param name="ReceivedAt">When it was received.</param>
/// <param name="Source">The source that it comes from; null if it proves none.</param>
/// <param name="StatusCode">The HTTP status it was answered with.</param>
/// <param name="ErrorPath">The JSON path of what was wrong; null if it was not about a value.</param>
/// <param name="Detail">What was wrong.</param>
/// <param name="ContentType">The content type as sent.</param>
/// <param name="Body">The raw body, whole; null if it is not kept, and in lists.</param>
/// <param name="Resent">What came of sending it again; null if nobody did.</param>
public sealed record RejectedRequest(
    Guid Id,
    DateTimeOffset ReceivedAt,
    string? Source,
    int StatusCode,
    string? ErrorPath,
    string Detail,
    string? ContentType,
    ReadOnlyMemory<byte>? Body,
    ResentRequest? Resent = null)
{
    /// <summary>How many bytes of body are kept; null if none are.</summary>
    public int? BodyLength { get; init; } = Body?.Length;
}

/// <summary>What came of sending a refused request again.</summary>
/// <param name="At">When.</param>
/// <param name="ReceiptId">The receipt that it became; null if it was refused again.</param>
/// <param name="Answer">The effect of the receipt, or why it was refused again.</param>
public sealed record ResentRequest(DateTimeOffset At, Guid? ReceiptId, string Answer);

/// <summary>
/// Keeps what was refused, so that nothing a sender sent vanishes without a trace. Bounded in number, those of strangers apart, and in the
/// bytes of bodies: the oldest go first.
/// </summary>
public interface IRejectedRequests
{
    /// <summary>Keeps a request. Never fails: refusing does not depend on the database.</summary>
    Task Add(RejectedRequest request);

    /// <summary>The requests kept last, the latest first, without their bodies.</summary>
    Task<IReadOnlyList<RejectedRequest>> Latest(int limit, CancellationToken cancellationToken) => Before(null, limit, cancellationToken);

    /// <summary>The requests kept before another one, the latest first, without their bodies; the latest of all if there is no other one.</summary>
    Task<IReadOnlyList<RejectedRequest>> Before(Guid? id, int limit, CancellationToken cancellationToken);

    /// <summary>One request; null if it is not kept.</summary>
    Task<RejectedRequest?> Find(Guid id, CancellationToken cancellationToken);

    /// <summary>Notes what came of sending a request again; the last time counts.</summary>
    Task NoteResent(Guid id, ResentRequest resent, CancellationToken cancellationToken);
}

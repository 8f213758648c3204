namespace Orleans.Workflow.Storage.Queries;

/// <summary>A request that was refused.</summary>
/// <param name="Id">Its id, a UUIDv7, as answered to the sender.</param>
/// <param name="ReceivedAt">When it was received.</param>
/// <param name="Source">The source that it comes from; null if it proves none.</param>
/// <param name="StatusCode">The HTTP status it was answered with.</param>
/// <param name="ErrorPath">The JSON path of what was wrong; null if it was not about a value.</param>
/// <param name="Detail">What was wrong.</param>
/// <param name="ContentType">The content type as sent.</param>
/// <param name="Body">The raw body, whole; null if it is not kept, and in lists.</param>
/// <param name="Resent">What came of sending it again; null if it was not sent again.</param>
public sealed record RejectedRequest(
    Guid Id,
    DateTimeOffset ReceivedAt,
    string? Source,
    int StatusCode,
    string? ErrorPath,
    string Detail,
    string? ContentType,
    ReadOnlyMemory<byte>? Body,
    ResentRequest? Resent = null
)
{
    /// <summary>
    /// The kind of notification whose path it came to, as in the contract; null where the path named none.
    /// </summary>
    public string? Kind { get; init; }

    /// <summary>How many bytes of body are kept; null if none are.</summary>
    public int? BodyLength { get; init; } = Body?.Length;
}

/// <summary>What came of sending a refused request again.</summary>
/// <param name="At">When.</param>
/// <param name="ReceiptId">The receipt that it became; null if it was refused again.</param>
/// <param name="Answer">The effect of the receipt, or why it was refused again.</param>
public sealed record ResentRequest(DateTimeOffset At, Guid? ReceiptId, string Answer);

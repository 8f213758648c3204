namespace Orleans.Workflow.Storage.Postgres;

/// <summary>A state row for <see cref="CommitStatement"/>; <c>Etag</c> is the version that was read, null if there was no row.
/// With <c>Edits</c> there is no <c>Payload</c>: the row keeps the one that it has. Of a row that is to be read only the key is set.</summary>
internal sealed record StateInput(
    int GrainHash,
    long GrainN0,
    long GrainN1,
    int StateHash,
    string StateName,
    string? GrainKey,
    int? Etag,
    ReadOnlyMemory<byte>? Payload,
    byte[]? Edits);

/// <summary>A row of the list for <see cref="CommitStatement"/>; <c>Position</c> is that of the state row, from 1, without which it must not be written.</summary>
internal sealed record WorkflowInput(
    int Position,
    string WorkflowId,
    string? Name,
    string NameLower,
    string? Status,
    string? StatusNormalised,
    short? Phase,
    short? Outcome,
    int Attention,
    string NodeTypes,
    long Version,
    long Seq,
    long FirstReceivedAt,
    long LastReceivedAt,
    long ChangedAt,
    short Standing,
    bool MovesInOrders);

/// <summary>What was received of a workflow whose state stays as it is; <c>SeqBefore</c> is how many receipts its row in the list must know of.</summary>
internal sealed record HeardInput(int Position, string WorkflowId, long SeqBefore, long Seq, long LastReceivedAt);

/// <summary>A receipt for <see cref="CommitStatement"/>; <c>Position</c> is that of the state row or of what was heard, without which it must not be written.</summary>
internal sealed record ReceiptInput(
    int Position,
    Guid Id,
    string WorkflowId,
    long Seq,
    long ReceivedAt,
    string Source,
    short Effect,
    long Version,
    string Vocabulary,
    ReadOnlyMemory<byte> Body,
    byte[]? Changes,
    short Kind);

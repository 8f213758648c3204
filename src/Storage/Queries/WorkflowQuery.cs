using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Storage.Queries;

/// <summary>Which workflows: those that meet every condition that is given.</summary>
public sealed record WorkflowFilter
{
    /// <summary>The id, exactly: one workflow at most.</summary>
    public string? WorkflowId { get; init; }

    /// <summary>The phase of the status.</summary>
    public WorkflowPhase? Phase { get; init; }

    /// <summary>The status, normalised as the vocabulary does.</summary>
    public string? Status { get; init; }

    /// <summary>The outcome.</summary>
    public WorkflowOutcome? Outcome { get; init; }

    /// <summary>How long <see cref="NamePrefix"/> may be, in characters.</summary>
    public const int MaxNamePrefixLength = WorkflowColumns.IndexedName - 1;

    /// <summary>How the name begins, in any case.</summary>
    public string? NamePrefix { get; init; }

    /// <summary>A reason for a person to look.</summary>
    public AttentionReason? Attention { get; init; }

    /// <summary>With attention that nobody has put aside, as of this time.</summary>
    public DateTimeOffset? UnreviewedAt { get; init; }

    /// <summary>A type that one of its node tasks has.</summary>
    public string? NodeType { get; init; }

    /// <summary>Changed later than this.</summary>
    public DateTimeOffset? ChangedAfter { get; init; }

    /// <summary>Changed earlier than this.</summary>
    public DateTimeOffset? ChangedBefore { get; init; }

    /// <summary>Not ended, and nothing was received about them since this time.</summary>
    public DateTimeOffset? SilentSince { get; init; }
}

/// <summary>In which order. Workflows that are equal in it are ordered by id, in the same direction.</summary>
public enum WorkflowSort
{
    /// <summary>The latest change first.</summary>
    ChangedAtDescending,

    /// <summary>The earliest change first.</summary>
    ChangedAt,

    /// <summary>By name in lower case.</summary>
    Name,

    /// <summary>The earliest known first.</summary>
    FirstReceivedAt,
}

/// <summary>What workflows are counted by.</summary>
public enum WorkflowGrouping
{
    /// <summary>By phase.</summary>
    Phase,

    /// <summary>By status, normalised.</summary>
    Status,

    /// <summary>By outcome.</summary>
    Outcome,

    /// <summary>By name.</summary>
    Name,
}

/// <summary>The place of a workflow in an order.</summary>
/// <param name="Value">What is ordered by: Unix milliseconds, or a name in lower case.</param>
/// <param name="WorkflowId">The workflow.</param>
public sealed record WorkflowPosition(object Value, string WorkflowId);

/// <summary>The place of a transition in a workflow's history.</summary>
/// <param name="Seq">The sequence number of the receipt that caused it.</param>
/// <param name="Ordinal">Its place among those of the receipt.</param>
public sealed record TransitionPosition(long Seq, int Ordinal);

/// <summary>The place of a receipt in a workflow's receipts.</summary>
/// <param name="Seq">Its sequence number.</param>
public sealed record ReceiptPosition(long Seq);

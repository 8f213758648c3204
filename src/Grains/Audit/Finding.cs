namespace Orleans.Workflow.Grains.Audit;

/// <summary>What an audit can find. The words are those of the report and of the metric.</summary>
public enum FindingKind
{
    /// <summary>A receipt is not where it should be in the order of the fold.</summary>
    ReceiptMissing,

    /// <summary>A receipt is still there that a baseline replaces.</summary>
    ReceiptNotRemoved,

    /// <summary>The stored body of a receipt cannot be folded.</summary>
    ReceiptBody,

    /// <summary>The effect or the version of a receipt is not what folding it gives.</summary>
    ReceiptEffect,

    /// <summary>The transitions of a receipt are not what folding it gives.</summary>
    Transitions,

    /// <summary>A baseline cannot be read, or says something else than the state in it.</summary>
    Baseline,

    /// <summary>The stored state is not the fold of the receipts.</summary>
    State,

    /// <summary>The workflow's row in the list is not that of its state.</summary>
    ListRow,

    /// <summary>How many facts there are is not what is counted.</summary>
    FactCount,

    /// <summary>A state is stored that belongs to no workflow.</summary>
    Orphan,
}

/// <summary>Something that is stored differently from what the receipts say.</summary>
/// <param name="WorkflowId">The workflow; null of an orphan.</param>
/// <param name="Kind">What kind of difference.</param>
/// <param name="Where">The place: a receipt, a JSON path in the state, a column.</param>
/// <param name="Expected">What the receipts give; null if nothing.</param>
/// <param name="Stored">What is stored; null if nothing.</param>
public sealed record Finding(string? WorkflowId, FindingKind Kind, string Where, string? Expected, string? Stored);

/// <summary>What auditing a workflow gave.</summary>
/// <param name="Findings">The differences, at most a few dozen of them.</param>
/// <param name="Receipts">How many receipts were folded.</param>
/// <param name="IsOtherVocabulary">Whether it was folded under a vocabulary that is not known, so that nothing can be
/// said.</param>
public sealed record WorkflowAudit(IReadOnlyList<Finding> Findings, long Receipts, bool IsOtherVocabulary)
{
    /// <summary>
    /// What the receipts give; null if there are none, or if any finding is about them or the baseline.
    /// </summary>
    internal FoldedWorkflow? Folded { get; init; }
}

using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Grains.Explaining;

/// <summary>Why what a receipt reported is not what is shown.</summary>
public enum OverruledReason
{
    /// <summary>It reported what was known.</summary>
    Duplicate = 0,

    /// <summary>It reported a lower phase than was known; a name: its workflow was behind.</summary>
    Stale = 1,

    /// <summary>It was made before something that was known, and a known task proves it.</summary>
    ProvablyOld = 2,

    /// <summary>A later receipt reported another outcome beside it.</summary>
    Conflict = 3,

    /// <summary>A later receipt took its place.</summary>
    Superseded = 4,
}

/// <summary>A receipt, or a refold, that something is due to.</summary>
/// <param name="Seq">Its place in the order of the fold; of one that is not kept any more and whose place is not known,
/// the last place that was removed.</param>
/// <param name="ReceiptId">Its id; null of one that is not kept any more.</param>
/// <param name="ReceivedAt">When it was received; null of one that is not kept any more.</param>
/// <param name="Source">The named sender; null of one that is not kept any more.</param>
public sealed record ReceiptReference(long Seq, Guid? ReceiptId, DateTimeOffset? ReceivedAt, string? Source);

/// <summary>What a receipt reported of a register or a name, and why it is not what is shown.</summary>
/// <param name="Receipt">The receipt that is overruled.</param>
/// <param name="Reported">What it reported, as received.</param>
/// <param name="Reason">Why.</param>
/// <param name="Rule">The row of the rule table by which that was decided; null of a name.</param>
/// <param name="Sentence">When that row applies; of a name why it is overruled.</param>
/// <param name="By">The receipt that it is overruled by: the one that had decided before, or the one that took its
/// place.</param>
/// <param name="Proof">The known task that proves that it is old; null if none does.</param>
public sealed record Overruled(
    ReceiptReference Receipt,
    // The HTTP contract has this name.
    [property: JsonPropertyName("told")] string Reported,
    OverruledReason Reason,
    Rule? Rule,
    string Sentence,
    ReceiptReference By,
    ProofView? Proof
);

/// <summary>The known task that proves that a receipt was made before something that was known.</summary>
/// <param name="Task">The task.</param>
/// <param name="Reported">Its word in the receipt, as received.</param>
/// <param name="Known">The phase that was known, which is a higher one.</param>
/// <param name="KnownBySeq">The place of the receipt from which it was known.</param>
public sealed record ProofView(
    SubjectView Task,
    // The HTTP contract has this name.
    [property: JsonPropertyName("told")] string Reported,
    WorkflowPhase Known,
    long KnownBySeq
);

/// <summary>What was overruled of one register or name, in numbers, and the latest of it.</summary>
/// <param name="Count">How often something was overruled.</param>
/// <param name="ByReason">How often for which reason, in the order of the reasons; reasons that did not occur are left
/// out.</param>
/// <param name="Latest">The latest, the last one first.</param>
public sealed record OverruledSummary(
    long Count,
    ImmutableArray<ReasonCount> ByReason,
    ImmutableArray<Overruled> Latest
);

/// <summary>How often something was overruled for a reason.</summary>
/// <param name="Reason">The reason.</param>
/// <param name="Count">How often.</param>
public readonly record struct ReasonCount(OverruledReason Reason, long Count);

/// <summary>What is explained: a register, or a name.</summary>
/// <param name="Subject">Whose.</param>
/// <param name="Name">Which name; null for the register of the status.</param>
public readonly record struct Topic(Subject Subject, NameKind? Name);

using System.Collections.Immutable;

namespace Orleans.Workflow.Testing.Campaigns;

/// <summary>What can go wrong between the vendor and us, or at the vendor.</summary>
public enum MangleKind
{
    /// <summary>A delivery comes at another time.</summary>
    Reorder,

    /// <summary>A delivery comes again.</summary>
    Repeat,

    /// <summary>A delivery never comes (the last one left always does).</summary>
    Drop,

    /// <summary>Another source sends it.</summary>
    OtherSource,

    /// <summary>An entry of <c>actions</c> is missing.</summary>
    OmitEntry,

    /// <summary>All entries of <c>actions</c> but one are missing.</summary>
    KeepOneEntry,

    /// <summary>An entry is listed again, with another status.</summary>
    RepeatEntry,

    /// <summary>
    /// An entry is listed three times more: with two ended words and, somewhere among them, with any word at all.
    /// </summary>
    RepeatEntryOften,

    /// <summary>An entry is listed elsewhere in <c>actions</c>.</summary>
    ReorderEntry,

    /// <summary>An entry lacks its <c>task_id</c> (absent, null or blank: the reader makes no difference).</summary>
    ForgetTaskId,

    /// <summary>An entry lacks its <c>task_status</c>.</summary>
    ForgetTaskStatus,

    /// <summary>An entry has a random ended word.</summary>
    ContradictEnd,

    /// <summary>The workflow has a random ended word.</summary>
    ContradictWorkflowEnd,

    /// <summary>An entry says any word at all.</summary>
    SayAnything,

    /// <summary>
    /// An entry says that it has not begun, as in an older snapshot, while the others are as they are.
    /// </summary>
    LagEntry,

    /// <summary>The workflow says any word at all.</summary>
    SayAnythingOfWorkflow,

    /// <summary>An entry has other labels.</summary>
    RelabelEntry,
}

/// <summary>
/// One thing that goes wrong. The numbers are dice, as those of <see cref="Move"/>: every list of mangles can be
/// applied.
/// </summary>
/// <param name="Kind">What goes wrong.</param>
/// <param name="At">With which delivery.</param>
/// <param name="Which">With which entry of it; or, of a delivery that comes later or again, where it comes.</param>
/// <param name="Word">Which word or label.</param>
/// <param name="Spelling">How the word is spelled; 0 is plainly.</param>
public readonly record struct Mangle(MangleKind Kind, int At, int Which, int Word, int Spelling)
{
    /// <summary>The kinds that change when and how often things arrive, and nothing that is said.</summary>
    public static readonly ImmutableArray<MangleKind> OfTransport =
    [
        MangleKind.Reorder,
        MangleKind.Repeat,
        MangleKind.Drop,
    ];

    /// <summary>All kinds.</summary>
    public static readonly ImmutableArray<MangleKind> All = [.. Enum.GetValues<MangleKind>()];
}

namespace Orleans.Workflow.Grains.Interfaces;

// The numbers of these enumerations are persisted, those of AttentionReason as bits.

/// <summary>How far a workflow, node task or task has come. Ordered.</summary>
[Alias("orleans.workflow.WorkflowPhase")]
public enum WorkflowPhase
{
    /// <summary>Not begun.</summary>
    Scheduled = 0,

    // A word outside the vocabulary so can neither hide an end nor be hidden by a start.
    /// <summary>Under way; also every word outside the vocabulary.</summary>
    Active = 1,

    /// <summary>Over, with a <see cref="WorkflowOutcome"/>.</summary>
    Ended = 2,
}

/// <summary>How it ended.</summary>
[Alias("orleans.workflow.WorkflowOutcome")]
public enum WorkflowOutcome
{
    /// <summary>It ran to its end.</summary>
    Completed = 0,

    /// <summary>Somebody stopped it.</summary>
    Cancelled = 1,

    /// <summary>It broke.</summary>
    Failed = 2,
}

/// <summary>What a receipt did to the state of its workflow.</summary>
// The order is that of precedence: the effect of a receipt is the greatest of its observations' effects.
[Alias("orleans.workflow.ReceiptEffect")]
public enum ReceiptEffect
{
    /// <summary>It reported nothing new.</summary>
    Duplicate = 0,

    /// <summary>It reported something older than what is known.</summary>
    Stale = 1,

    /// <summary>It changed the state.</summary>
    Advanced = 2,

    /// <summary>It changed the state by contradicting an end that is known.</summary>
    Conflict = 3,

    /// <summary>A fact: it was not known before.</summary>
    Recorded = 4,

    /// <summary>A fact: it is known with another body. It is not counted again.</summary>
    Differs = 5,
}

/// <summary>Why a person should look at a workflow.</summary>
[Alias("orleans.workflow.AttentionReason")]
public enum AttentionReason
{
    /// <summary>More than one outcome was reported for a status; the detail has the words.</summary>
    ConflictingOutcome = 0,

    /// <summary>The workflow has ended and a task of it has not; the detail has the task's word.</summary>
    UnfinishedTasks = 1,

    /// <summary>A status is a word outside the vocabulary; the detail has the word.</summary>
    UnrecognisedStatus = 2,

    /// <summary>More than one source has reported the workflow; the detail has the sources.</summary>
    SeveralSources = 3,
}

namespace Orleans.Workflow.Grains.Interfaces;

/// <summary>What came of asking a workflow to fold its receipts again.</summary>
[Alias("orleans.workflow.RefoldOutcome")]
public enum RefoldOutcome
{
    /// <summary>It had been folded under this vocabulary already, or nothing is known of it.</summary>
    Current = 0,

    /// <summary>It was folded again, and is shown as before.</summary>
    Unchanged = 1,

    /// <summary>It was folded again, and is shown otherwise.</summary>
    Changed = 2,

    /// <summary>Its silo has another vocabulary than was meant, and did nothing.</summary>
    OtherVocabulary = 3,

    /// <summary>Receipts were removed that were folded under another vocabulary, so it stays as it was.</summary>
    ReceiptsRemoved = 4,
}

/// <summary>Something that another vocabulary shows otherwise.</summary>
/// <param name="Kind">What kind of change, snake case.</param>
/// <param name="Subject">What changes.</param>
/// <param name="IsTask">Whether a task changes, to tell the anonymous one from its node.</param>
/// <param name="From">What is shown.</param>
/// <param name="To">What would be shown.</param>
[GenerateSerializer, Immutable, Alias("orleans.workflow.RefoldChange")]
public sealed record RefoldChange(
    [property: Id(0)] string Kind,
    [property: Id(1)] SubjectView Subject,
    [property: Id(2)] bool IsTask,
    [property: Id(3)] StatusValueView? From,
    [property: Id(4)] StatusValueView? To
);

/// <summary>What something stands at: a label, or a status with its phase and outcome.</summary>
/// <param name="Text">The label, or the status as received.</param>
/// <param name="Phase">The phase of a status.</param>
/// <param name="Outcome">The outcome of a status, once ended.</param>
[GenerateSerializer, Immutable, Alias("orleans.workflow.StandingView")]
public sealed record StatusValueView(
    [property: Id(0)] string Text,
    [property: Id(1)] WorkflowPhase? Phase,
    [property: Id(2)] WorkflowOutcome? Outcome
);

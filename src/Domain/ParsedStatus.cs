using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Domain;

/// <summary>A vendor's word as the <see cref="Vocabulary"/> reads it.</summary>
/// <param name="Word">The word exactly as received.</param>
/// <param name="Normalised">The word as it is looked up and compared.</param>
/// <param name="Phase">The phase that the word means; <see cref="WorkflowPhase.Active"/> if it is not
/// recognised.</param>
/// <param name="Outcome">The outcome; only with <see cref="WorkflowPhase.Ended"/>.</param>
/// <param name="Recognised">Whether the vocabulary names the word.</param>
/// <param name="Rank">Its rank among the words of its phase, or of its outcome; 0 if it has none.</param>
public readonly record struct ParsedStatus(
    string Word,
    string Normalised,
    WorkflowPhase Phase,
    WorkflowOutcome? Outcome,
    bool Recognised,
    int Rank = 0
);

/// <summary>What a normalised word means.</summary>
/// <param name="Phase">The phase that the word means.</param>
/// <param name="Outcome">The outcome; required with <see cref="WorkflowPhase.Ended"/>, absent otherwise.</param>
/// <param name="Rank">The rank among the words of the phase, or of the outcome: a word never replaces one of a higher
/// rank.</param>
public readonly record struct StatusMeaning(WorkflowPhase Phase, WorkflowOutcome? Outcome = null, int Rank = 0)
{
    /// <summary>The highest rank that a word may have.</summary>
    public const int MaxRank = 999;
}

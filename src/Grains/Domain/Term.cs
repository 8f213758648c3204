namespace Orleans.Workflow.Grains.Domain;

/// <summary>A vendor's word as the <see cref="Vocabulary"/> reads it.</summary>
/// <param name="Word">The word exactly as received.</param>
/// <param name="Normalised">The word as it is looked up and compared.</param>
/// <param name="Phase">The phase the word stands for; <see cref="Domain.Phase.Active"/> if it is not recognised.</param>
/// <param name="Outcome">The outcome; only with <see cref="Domain.Phase.Ended"/>.</param>
/// <param name="Recognised">Whether the vocabulary names the word.</param>
/// <param name="Rank">Its rank among the words of its phase, or of its outcome; 0 if it has none.</param>
public readonly record struct Term(string Word, string Normalised, Phase Phase, Outcome? Outcome, bool Recognised, int Rank = 0);

/// <summary>What a normalised word means.</summary>
/// <param name="Phase">The phase the word stands for.</param>
/// <param name="Outcome">The outcome; required with <see cref="Domain.Phase.Ended"/>, absent otherwise.</param>
/// <param name="Rank">The rank among the words of the phase, or of the outcome: a word never replaces one of a higher rank.</param>
public readonly record struct Meaning(Phase Phase, Outcome? Outcome = null, int Rank = 0)
{
    /// <summary>The highest rank that a word may have.</summary>
    public const int MaxRank = 999;
}

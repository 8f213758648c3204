namespace Orleans.Workflow.Grains.Domain;

/// <summary>A vendor's word as the <see cref="Vocabulary"/> reads it.</summary>
/// <param name="Word">The word exactly as received.</param>
/// <param name="Normalised">The word as it is looked up and compared.</param>
/// <param name="Phase">The phase the word stands for; <see cref="Domain.Phase.Active"/> if it is not recognised.</param>
/// <param name="Outcome">The outcome; only with <see cref="Domain.Phase.Ended"/>.</param>
/// <param name="Recognised">Whether the vocabulary names the word.</param>
public readonly record struct Term(string Word, string Normalised, Phase Phase, Outcome? Outcome, bool Recognised);

/// <summary>What a normalised word means.</summary>
/// <param name="Phase">The phase the word stands for.</param>
/// <param name="Outcome">The outcome; required with <see cref="Domain.Phase.Ended"/>, absent otherwise.</param>
public readonly record struct Meaning(Phase Phase, Outcome? Outcome = null);

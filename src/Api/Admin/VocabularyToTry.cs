namespace Orleans.Workflow.Api.Admin;

/// <summary>
/// The section <c>Vocabulary</c> of the settings, as the body of a dry run, for the description of the contract.
/// </summary>
/// <param name="Words">The meaning of each word, in place of the default's.</param>
/// <param name="Ranking">The outcomes, separated by commas, the strongest first.</param>
public sealed record VocabularyToTry(IReadOnlyDictionary<string, string>? Words = null, string? Ranking = null);

using System.Collections.Immutable;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Vocabularies;

namespace Orleans.Workflow.Hosting.Settings;

/// <summary>
/// Reads the section <c>Vocabulary</c>: words that are added to the default table or change it, and the ranking of
/// outcomes.
/// </summary>
public static class VocabularyReader
{
    /// <summary>Reads the vocabulary.</summary>
    public static Vocabulary Read(SettingsReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        reader.Describe(
            new Setting(
                "Vocabulary:Words:{word}",
                "What a word of the vendor means, beside or in place of the words in "
                    + "[Vocabulary.cs](../src/Domain/Vocabulary.cs). See [vocabulary.md](operations/vocabulary.md).",
                MeaningWords.Syntax
            )
        );
        var words = Vocabulary.DefaultWords.ToBuilder();
        foreach (var child in reader.Children("Vocabulary:Words"))
        {
            if (MeaningWords.Parse(child.Value) is { } meaning)
                words[Vocabulary.Normalise(child.Key)] = meaning;
            else
                reader.Error($"{child.Path} is '{child.Value}'; it must be {MeaningWords.Syntax}.");
        }

        return new Vocabulary(words, Ranking(reader));
    }

    private static ImmutableArray<WorkflowOutcome> Ranking(SettingsReader reader)
    {
        const string Key = "Vocabulary:Ranking";
        var text = reader.Text(
            Key,
            "Which outcome of several is shown, the strongest first. A workflow is shown by the ranking that it was "
                + "folded under until it is folded again.",
            "`completed`, `cancelled` and `failed`, once each",
            string.Join(',', Vocabulary.DefaultRanking).ToLowerInvariant()
        );

        var ranking = ImmutableArray.CreateBuilder<WorkflowOutcome>();
        foreach (var word in text.Split(',', StringSplitOptions.TrimEntries))
        {
            // By name alone: Enum.TryParse also takes numbers, such as 7.
            foreach (var outcome in Enum.GetValues<WorkflowOutcome>())
            {
                if (
                    string.Equals(outcome.ToString(), word, StringComparison.OrdinalIgnoreCase)
                    && !ranking.Contains(outcome)
                )
                    ranking.Add(outcome);
            }
        }

        if (ranking.Count == 3)
            return ranking.ToImmutable();

        reader.Error(
            $"{Key} is '{text}'; it must name completed, cancelled and failed once each, the strongest first, "
                + "such as 'failed,cancelled,completed'."
        );
        return Vocabulary.DefaultRanking;
    }
}

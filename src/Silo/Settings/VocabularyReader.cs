using System.Collections.Immutable;
using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Grains.Vocabularies;

namespace Orleans.Workflow.Silo.Settings;

/// <summary>Reads the section <c>Vocabulary</c>: words that are added to the default table or change it, and the ranking of outcomes.</summary>
public static class VocabularyReader
{
    /// <summary>Reads the vocabulary.</summary>
    public static Vocabulary Read(SettingsReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        reader.OnlyKnown("Vocabulary", "Words", "Ranking");
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

    private static ImmutableArray<Outcome> Ranking(SettingsReader reader)
    {
        const string Key = "Vocabulary:Ranking";
        if (reader.Text(Key) is not { } text)
            return Vocabulary.DefaultRanking;

        var ranking = ImmutableArray.CreateBuilder<Outcome>();
        foreach (var word in text.Split(',', StringSplitOptions.TrimEntries))
        {
            // By name alone: Enum.TryParse also takes numbers, such as 7.
            foreach (var outcome in Enum.GetValues<Outcome>())
            {
                if (string.Equals(outcome.ToString(), word, StringComparison.OrdinalIgnoreCase) && !ranking.Contains(outcome))
                    ranking.Add(outcome);
            }
        }

        if (ranking.Count == 3)
            return ranking.ToImmutable();

        reader.Error($"{Key} is '{text}'; it must name completed, cancelled and failed once each, the strongest first, such as 'failed,cancelled,completed'.");
        return Vocabulary.DefaultRanking;
    }
}

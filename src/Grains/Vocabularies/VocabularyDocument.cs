using System.Text.Json;
using System.Text.Json.Serialization;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Grains.Vocabularies;

/// <summary>A whole vocabulary as JSON: how it is stored, and how it is handed to a silo that is to try it.</summary>
/// <param name="Ranking">The outcomes, the strongest first.</param>
/// <param name="Words">A phase or an outcome for each normalised word, with its rank if it has one.</param>
public sealed record VocabularyDocument(string[] Ranking, SortedDictionary<string, string> Words)
{
    /// <summary>Writes a vocabulary.</summary>
    public static string Write(Vocabulary vocabulary)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        var words = new SortedDictionary<string, string>(
            vocabulary.Words.ToDictionary(static word => word.Key, static word => MeaningWords.Of(word.Value)),
            StringComparer.Ordinal
        );
        return JsonSerializer.Serialize(
            new VocabularyDocument([.. vocabulary.Ranking.Select(MeaningWords.Of)], words),
            VocabularyJson.Default.VocabularyDocument
        );
    }

    /// <summary>Writes a vocabulary as the storage takes it.</summary>
    /// <param name="vocabulary">The vocabulary.</param>
    /// <param name="since">Since when it is in force, in Unix milliseconds.</param>
    public static VocabularyRow Row(Vocabulary vocabulary, long since)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        return new VocabularyRow(vocabulary.Fingerprint, Write(vocabulary), since);
    }

    /// <summary>Reads a vocabulary that was written here.</summary>
    public static Vocabulary Read(string json)
    {
        var (ranking, words) = JsonSerializer.Deserialize(json, VocabularyJson.Default.VocabularyDocument)!;
        return new Vocabulary(
            words.Select(static word => KeyValuePair.Create(word.Key, MeaningWords.Parse(word.Value)!.Value)),
            [.. ranking.Select(static outcome => MeaningWords.Parse(outcome)!.Value.Outcome!.Value)]
        );
    }
}

/// <summary>The JSON of stored vocabularies.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(VocabularyDocument))]
internal sealed partial class VocabularyJson : JsonSerializerContext;

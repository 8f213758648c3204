using System.Collections.Immutable;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Vocabularies;

namespace Orleans.Workflow.Api.Queries;

/// <summary>
/// Pages of the words that were received: those that the vocabulary in force does not list first, then the most
/// frequent. Counts go up meanwhile, so a word may be on two pages or on none.
/// </summary>
internal sealed class ReceivedWords(IVocabularyStore vocabularies, IStatusUsageStore words)
{
    private const string Kind = "words";

    /// <summary>Where a page begins, as the parameter <c>cursor</c> says; null for the first.</summary>
    public static WordPosition? After(QueryParameters parameters) =>
        Cursor.Read(parameters, Kind, 3) is [var rank, var count, var word]
        && Cursor.Number(parameters, rank) is { } ofRank
        && Cursor.Number(parameters, count) is { } ofCount
            ? new WordPosition(ofRank, ofCount, word)
            : null;

    /// <summary>A page; null as long as no vocabulary is in force.</summary>
    public async Task<WordPage?> Read(WordPosition? after, int limit, CancellationToken cancellationToken)
    {
        if (await vocabularies.FindInForce(cancellationToken) is not { } inForce)
            return null;

        // The table is bounded, and which words are listed is not in it.
        var vocabulary = VocabularyDocument.Read(inForce.Document);
        var received = await words.Read(cancellationToken);
        var page = received
            .Select(count => (Count: count, Parsed: vocabulary.Read(count.Word)))
            .Select(static word =>
                (
                    word.Count,
                    word.Parsed,
                    Place: new WordPosition(word.Parsed.Recognised ? 1 : 0, word.Count.Count, word.Count.Word)
                )
            )
            .Where(word => after is null || word.Place.CompareTo(after) > 0)
            .OrderBy(static word => word.Place)
            .Take(limit + 1)
            .ToList();
        return new WordPage(
            vocabulary,
            DateTimeOffset.FromUnixTimeMilliseconds(inForce.Since),
            received.Count,
            [.. page.Take(limit).Select(static word => (word.Count, word.Parsed))],
            page.Count > limit ? Next(page[limit - 1].Place) : null
        );
    }

    private static string Next(WordPosition place) => Cursor.Write(Kind, $"{place.Rank}", $"{place.Count}", place.Word);
}

/// <summary>The place of a word in their order.</summary>
/// <param name="Rank">0 for a word that the vocabulary does not list, 1 for others.</param>
/// <param name="Count">How often it was received, negative.</param>
/// <param name="Word">The word.</param>
internal sealed record WordPosition(long Rank, long Count, string Word) : IComparable<WordPosition>
{
    /// <inheritdoc/>
    public int CompareTo(WordPosition? other) =>
        other is null ? 1
        : Rank != other.Rank ? Rank.CompareTo(other.Rank)
        : Count != other.Count ? other.Count.CompareTo(Count)
        : string.CompareOrdinal(Word, other.Word);
}

/// <summary>A page of words.</summary>
/// <param name="Vocabulary">The vocabulary in force.</param>
/// <param name="Since">Since when it is.</param>
/// <param name="Total">How many words were received.</param>
/// <param name="Items">The words, each as the vocabulary reads it.</param>
/// <param name="Next">The text for where the next page begins; null if there is none.</param>
internal sealed record WordPage(
    Vocabulary Vocabulary,
    DateTimeOffset Since,
    int Total,
    ImmutableArray<(StatusUsage Count, ParsedStatus Parsed)> Items,
    string? Next
);

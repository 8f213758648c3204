using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Grains.Vocabularies;

namespace Orleans.Workflow.Api.Console.Vocabularies;

/// <summary>Reads the page of the words.</summary>
internal sealed class WordsReader(IVocabularyStore vocabularies, IWordTable words)
{
    private const int MostShown = 1_000;

    /// <summary>What is said before a silo has put a vocabulary in force.</summary>
    public const string Missing = "No vocabulary is in force yet: no silo has started.";

    /// <summary>Answers with the page.</summary>
    public async Task<IResult> Show(HttpContext context)
    {
        var query = new ConsoleQuery(context);
        var parameters = query.Parameters("word");
        var word = parameters.Text("word", 256);
        return parameters.Error is { } error
            ? ConsolePage.BadRequest(error)
            : await ConsolePage.Show<WordsPage, WordsModel>(() => Read(word, context.RequestAborted), Missing);
    }

    private async Task<WordsModel?> Read(string? word, CancellationToken cancellationToken)
    {
        if (await vocabularies.FindInForce(cancellationToken) is not { } inForce)
            return null;

        var vocabulary = VocabularyDocument.Read(inForce.Document);
        var received = await words.Read(cancellationToken);
        return new WordsModel(
            vocabulary.Fingerprint,
            DateTimeOffset.FromUnixTimeMilliseconds(inForce.Since),
            [
                .. received.Select(count => Of(count, vocabulary))
                    .OrderBy(static received => received.Term.Recognised).ThenByDescending(static received => received.Count).Take(MostShown),
            ],
            [.. vocabulary.Words.Keys.Select(vocabulary.Read)],
            word);
    }

    private static ReceivedTerm Of(WordCount count, Vocabulary vocabulary) => new(
        vocabulary.Read(count.Word),
        count.Count,
        DateTimeOffset.FromUnixTimeMilliseconds(count.FirstReceivedAt),
        DateTimeOffset.FromUnixTimeMilliseconds(count.LastReceivedAt));
}

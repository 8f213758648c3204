using Orleans.Workflow.Api.Queries;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Api.Console.Vocabularies;

/// <summary>Reads the page of the words.</summary>
internal sealed class WordsPageHandler(ReceivedWords words)
{
    private const int OnPage = 100;

    /// <summary>What is said before a silo has put a vocabulary in force.</summary>
    public const string Missing = "No vocabulary is in force yet: no silo has started.";

    /// <summary>Answers with the page.</summary>
    public async Task<IResult> Show(HttpContext context)
    {
        var query = new ConsoleQuery(context);
        var parameters = query.Parameters("word", "cursor");
        var word = parameters.Text("word", 256);
        var after = ReceivedWords.After(parameters);
        return parameters.Error is { } error
            ? ConsolePage.BadRequest(error)
            : await ConsolePage.Show<WordsPage, WordsModel>(
                () => Read(query, word, after, context.RequestAborted),
                Missing
            );
    }

    private async Task<WordsModel?> Read(
        ConsoleQuery query,
        string? word,
        WordPosition? after,
        CancellationToken cancellationToken
    )
    {
        if (await words.Read(after, OnPage, cancellationToken) is not { } page)
            return null;

        return new WordsModel
        {
            Fingerprint = page.Vocabulary.Fingerprint,
            Since = page.Since,
            Total = page.Total,
            Received = [.. page.Items.Select(static word => Of(word.Count, word.Parsed))],
            Listed = [.. page.Vocabulary.Words.Keys.Select(page.Vocabulary.Read)],
            Word = word,
            First = after is null ? null : query.With(),
            Next = page.Next is null ? null : query.With(("cursor", page.Next)),
        };
    }

    private static ReceivedStatus Of(StatusUsage count, ParsedStatus status) =>
        new(
            status,
            count.Count,
            DateTimeOffset.FromUnixTimeMilliseconds(count.FirstReceivedAt),
            DateTimeOffset.FromUnixTimeMilliseconds(count.LastReceivedAt)
        );
}

using System.Collections.Immutable;
using Orleans.Workflow.Api.Json;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Api.Queries;

/// <summary>The vocabulary in force and the words that were received.</summary>
internal sealed class VocabularyQueries(ReceivedWords words)
{
    /// <summary>Answers with the vocabulary and a page of the words that were received.</summary>
    public Task GetVocabulary(HttpContext context)
    {
        var parameters = new QueryParameters(context.Request.Query, "limit", "cursor");
        var limit = parameters.Limit();
        var after = ReceivedWords.After(parameters);
        return ProblemResults.Handle(context, parameters, async () =>
        {
            if (await words.Read(after, limit, context.RequestAborted) is not { } page)
            {
                await Problem.NotFound("No vocabulary is in force: no silo has started yet.").Write(context.Response);
                return;
            }

            await context.Response.WriteJson(
                new VocabularyResponse(
                    page.Vocabulary.Fingerprint,
                    page.Since,
                    page.Vocabulary.Ranking,
                    [
                        .. page.Vocabulary.Words.Select(static word => new ListedWord(
                            word.Key,
                            word.Value.Phase,
                            word.Value.Outcome,
                            word.Value.Rank
                        )),
                    ],
                    page.Total,
                    [.. page.Items.Select(static word => Of(word.Count, word.Parsed))],
                    page.Next
                ),
                ApiJson.Default.VocabularyResponse
            );
        });
    }

    private static ReceivedWord Of(StatusUsage count, ParsedStatus status) =>
        new(
            count.Word,
            status.Normalised,
            status.Recognised,
            status.Phase,
            status.Outcome,
            status.Rank,
            count.Count,
            DateTimeOffset.FromUnixTimeMilliseconds(count.FirstReceivedAt),
            DateTimeOffset.FromUnixTimeMilliseconds(count.LastReceivedAt)
        );
}

/// <summary>The vocabulary in force and the words that were received.</summary>
/// <param name="Fingerprint">Names the vocabulary.</param>
/// <param name="Since">Since when it is in force.</param>
/// <param name="Ranking">Which outcome is shown of several, the strongest first.</param>
/// <param name="Words">The words that it lists, in the form in which they are compared.</param>
/// <param name="ReceivedTotal">How many different words were received; of very many the rarest are not kept.</param>
/// <param name="Received">A page of those words, the ones that it does not list first, then the most frequent
/// first.</param>
/// <param name="NextCursor">Gives the next page as the parameter <c>cursor</c>; null if there is none.</param>
public sealed record VocabularyResponse(
    string Fingerprint,
    DateTimeOffset Since,
    ImmutableArray<WorkflowOutcome> Ranking,
    ImmutableArray<ListedWord> Words,
    int ReceivedTotal,
    ImmutableArray<ReceivedWord> Received,
    string? NextCursor
);

/// <summary>A word of the vocabulary.</summary>
/// <param name="Word">The word in the form in which it is compared.</param>
/// <param name="Phase">The phase that it means.</param>
/// <param name="Outcome">The outcome, of an ended one.</param>
/// <param name="Rank">Its rank among the words of its phase, or of its outcome: a word never replaces one of a higher
/// rank.</param>
public sealed record ListedWord(string Word, WorkflowPhase Phase, WorkflowOutcome? Outcome, int Rank);

/// <summary>A word that was received.</summary>
/// <param name="Word">The word as received.</param>
/// <param name="Normalised">The word in the form in which it is compared.</param>
/// <param name="Recognised">Whether the vocabulary lists it.</param>
/// <param name="Phase">The phase that it means.</param>
/// <param name="Outcome">The outcome, of an ended one.</param>
/// <param name="Rank">Its rank among the words of its phase, or of its outcome; 0 if it has none.</param>
/// <param name="Count">How often it was received, approximately.</param>
/// <param name="FirstReceivedAt">When it was received first.</param>
/// <param name="LastReceivedAt">When it was received last.</param>
public sealed record ReceivedWord(
    string Word,
    string Normalised,
    bool Recognised,
    WorkflowPhase Phase,
    WorkflowOutcome? Outcome,
    int Rank,
    long Count,
    DateTimeOffset FirstReceivedAt,
    DateTimeOffset LastReceivedAt
);

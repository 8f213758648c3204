using System.Collections.Immutable;
using Orleans.Workflow.Api.Json;
using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Grains.Vocabularies;

namespace Orleans.Workflow.Api.Queries;

/// <summary>The vocabulary in force and the words that were received.</summary>
internal sealed class VocabularyQueries(IVocabularyStore vocabularies, IWordTable words)
{
    /// <summary>How many of the received words are shown.</summary>
    private const int MostWords = 1_000;

    /// <summary>Answers with the vocabulary.</summary>
    public Task GetVocabulary(HttpContext context)
    {
        var parameters = new QueryParameters(context.Request.Query);
        return Answer.Run(context, parameters, async () =>
        {
            if (await vocabularies.FindInForce(context.RequestAborted) is not { } inForce)
            {
                await Problem.NotFound("No vocabulary is in force: no silo has started yet.").Write(context.Response);
                return;
            }

            var vocabulary = VocabularyDocument.Read(inForce.Document);
            var received = await words.Read(context.RequestAborted);
            await context.Response.WriteJson(
                new VocabularyAnswer(
                    vocabulary.Fingerprint,
                    DateTimeOffset.FromUnixTimeMilliseconds(inForce.Since),
                    [.. vocabulary.Ranking.Select(static outcome => (WorkflowOutcome)outcome)],
                    [.. vocabulary.Words.Select(static word => new ListedWord(word.Key, (WorkflowPhase)word.Value.Phase, (WorkflowOutcome?)word.Value.Outcome))],
                    received.Count,
                    [.. received.Select(word => Of(word, vocabulary)).OrderBy(static word => word.Recognised).ThenByDescending(static word => word.Count).Take(MostWords)]),
                ApiJson.Default.VocabularyAnswer);
        });
    }

    private static ReceivedWord Of(WordCount count, Vocabulary vocabulary)
    {
        var term = vocabulary.Read(count.Word);
        return new ReceivedWord(
            count.Word,
            term.Normalised,
            term.Recognised,
            (WorkflowPhase)term.Phase,
            (WorkflowOutcome?)term.Outcome,
            count.Count,
            DateTimeOffset.FromUnixTimeMilliseconds(count.FirstReceivedAt),
            DateTimeOffset.FromUnixTimeMilliseconds(count.LastReceivedAt));
    }
}

/// <summary>The vocabulary in force and the words that were received.</summary>
/// <param name="Fingerprint">Names the vocabulary.</param>
/// <param name="Since">Since when it is in force.</param>
/// <param name="Ranking">Which outcome is shown of several, the strongest first.</param>
/// <param name="Words">The words that it lists, in the form in which they are compared.</param>
/// <param name="ReceivedTotal">How many different words were received.</param>
/// <param name="Received">Those words, the ones that it does not list first, then the most frequent first; 1,000 at most.</param>
public sealed record VocabularyAnswer(
    string Fingerprint,
    DateTimeOffset Since,
    ImmutableArray<WorkflowOutcome> Ranking,
    ImmutableArray<ListedWord> Words,
    int ReceivedTotal,
    ImmutableArray<ReceivedWord> Received);

/// <summary>A word of the vocabulary.</summary>
/// <param name="Word">The word in the form in which it is compared.</param>
/// <param name="Phase">The phase that it stands for.</param>
/// <param name="Outcome">The outcome, of an ended one.</param>
public sealed record ListedWord(string Word, WorkflowPhase Phase, WorkflowOutcome? Outcome);

/// <summary>A word that was received.</summary>
/// <param name="Word">The word as received.</param>
/// <param name="Normalised">The word in the form in which it is compared.</param>
/// <param name="Recognised">Whether the vocabulary lists it.</param>
/// <param name="Phase">The phase that it stands for.</param>
/// <param name="Outcome">The outcome, of an ended one.</param>
/// <param name="Count">How often it was received, approximately.</param>
/// <param name="FirstReceivedAt">When it was received first.</param>
/// <param name="LastReceivedAt">When it was received last.</param>
public sealed record ReceivedWord(
    string Word,
    string Normalised,
    bool Recognised,
    WorkflowPhase Phase,
    WorkflowOutcome? Outcome,
    long Count,
    DateTimeOffset FirstReceivedAt,
    DateTimeOffset LastReceivedAt);

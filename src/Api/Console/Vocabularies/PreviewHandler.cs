using System.Collections.Immutable;
using Orleans.Workflow.Api.Admin;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Vocabularies;

namespace Orleans.Workflow.Api.Console.Vocabularies;

/// <summary>
/// Tries another meaning of a word: asks the workflows what they would show, for as long as a person waits. For all of
/// a great many workflows there is the dry run of <c>/admin/refold</c>.
/// </summary>
internal sealed class PreviewHandler(
    IVocabularyStore vocabularies,
    IRefoldJobs jobs,
    WorkflowGrains grains,
    GrainCalls calls,
    TimeProvider time
)
{
    private const int Examples = 100;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(8);

    /// <summary>Answers with what would change.</summary>
    public async Task<IResult> Post(HttpContext context)
    {
        var form = await ConsolePage.ReadForm(context);
        var word = form["word"].ToString().Trim();
        if (word.Length is 0 or > 256 || word.Contains('\0') || ReadMeaning(form) is not { } meaning)
            return ConsolePage.BadRequest(
                Problem.BadRequest(
                    $"A trial needs a word, a meaning that is one of: {MeaningWords.All}, and a rank from 0 to "
                        + $"{StatusMeaning.MaxRank} or none."
                )
            );

        return await ConsolePage.Show<PreviewPage, PreviewModel>(
            () => Run(word, meaning, context.RequestAborted),
            WordsPageHandler.Missing
        );
    }

    private static StatusMeaning? ReadMeaning(IFormCollection form) =>
        MeaningWords.Parse(
            string.IsNullOrWhiteSpace(form["rank"]) ? form["meaning"].ToString() : $"{form["meaning"]}:{form["rank"]}"
        );

    private async Task<PreviewModel?> Run(string word, StatusMeaning meaning, CancellationToken cancellationToken)
    {
        if (await vocabularies.FindInForce(cancellationToken) is not { } inForce)
            return null;

        var known = VocabularyDocument.Read(inForce.Document);
        var candidate = new Vocabulary(known.Words.SetItem(Vocabulary.Normalise(word), meaning), known.Ranking);
        var dryRun = new DryRun(candidate, jobs, grains, calls);
        var examples = ImmutableArray.CreateBuilder<PreviewExample>();
        var changed = 0L;
        using var timeout = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await foreach (var line in dryRun.Read(either.Token))
            {
                if (changed++ < Examples)
                    examples.Add(new PreviewExample(line.WorkflowId, line.Changes));
            }
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested) { }

        return new PreviewModel(
            word,
            meaning,
            dryRun.Workflows,
            changed,
            dryRun.Failed,
            !timeout.IsCancellationRequested,
            examples.ToImmutable()
        );
    }
}

using System.Text.Json;
using Orleans.Workflow.Api.Json;
using Orleans.Workflow.Api.Operators;
using Orleans.Workflow.Api.Queries;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Vocabularies;
using Orleans.Workflow.Hosting.Settings;

namespace Orleans.Workflow.Api.Admin;

/// <summary>Folds all workflows again from their receipts, or tries it.</summary>
internal sealed class RefoldCommands(
    IRefoldJobs jobs,
    IVocabularyStore vocabularies,
    WorkflowGrains grains,
    GrainCalls calls,
    AdminBody bodies,
    IHostApplicationLifetime lifetime,
    OperatorActions actions
)
{
    /// <summary>The media type of a dry run: a JSON object on each line.</summary>
    public const string Lines = "application/x-ndjson";

    private const string NotInForce =
        "Only the vocabulary in force is applied. Configure the silos with these words and put them in force "
        + "first; docs/operations/vocabulary.md says how.";

    /// <summary>Tries a vocabulary, or begins to apply the one in force.</summary>
    public Task Start(HttpContext context)
    {
        var parameters = new QueryParameters(context.Request.Query, "dry_run");
        var isDry = parameters.Switch("dry_run");
        return ProblemResults.Handle(context, parameters, () =>
            bodies.Read(context, body => Start(context, body, isDry))
        );
    }

    private async Task Start(HttpContext context, byte[] body, bool isDry)
    {
        Vocabulary? candidate;
        try
        {
            candidate = body.Length == 0 ? null : CandidateVocabulary.Read(body);
        }
        catch (Exception exception) when (exception is JsonException or FormatException or SettingsException)
        {
            var detail = exception is SettingsException settings
                ? string.Join(' ', settings.Errors)
                : exception.Message;
            await Problem.BadRequest(detail, "$").Write(context.Response);
            return;
        }

        if (await vocabularies.FindInForce(context.RequestAborted) is not { } inForce)
            await Problem.NotFound("No vocabulary is in force: no silo has started yet.").Write(context.Response);
        else if (isDry)
            await Try(context, candidate ?? VocabularyDocument.Read(inForce.Document));
        else if (candidate is not null && candidate.Fingerprint != inForce.Fingerprint)
            await Problem.BadRequest(NotInForce, "$").Write(context.Response);
        else
            await Begin(context, inForce.Fingerprint);
    }

    /// <summary>Answers with the job that is under way, or was last.</summary>
    public Task GetLatest(HttpContext context)
    {
        var parameters = new QueryParameters(context.Request.Query);
        return ProblemResults.Handle(context, parameters, async () =>
            await (
                await jobs.FindLatest(context.RequestAborted) is { } job
                    ? WriteJob(context, job)
                    : Problem.NotFound("No refold was begun yet.").Write(context.Response)
            )
        );
    }

    private async Task Try(HttpContext context, Vocabulary vocabulary)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted,
            lifetime.ApplicationStopping
        );
        context.Response.ContentType = Lines;
        try
        {
            await new DryRun(vocabulary, jobs, grains, calls).Write(context.Response.Body, ending.Token);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // It may take minutes. Without its last line, and cut off, it can't be taken for a whole one.
            context.Abort();
        }
    }

    private async Task Begin(HttpContext context, string vocabulary)
    {
        var action = actions.Begin(context, OperatorActionKind.Refold, vocabulary);
        var job = await jobs.Begin(vocabulary, action, context.RequestAborted);
        await WriteJob(context, job);
    }

    private async Task WriteJob(HttpContext context, RefoldJob job)
    {
        var counts = await jobs.Count(job.Id, context.RequestAborted);
        await context.Response.WriteJson(RefoldJobResponse.Of(job, counts), ApiJson.Default.RefoldJobResponse);
    }
}

using System.Net.Mime;
using Orleans.Workflow.Api.OpenApi;
using Orleans.Workflow.Api.Queries;
using Orleans.Workflow.Api.Security.Access;

namespace Orleans.Workflow.Api.Admin;

/// <summary>The routes of folding again.</summary>
internal static class RefoldEndpoints
{
    /// <summary>Maps the routes.</summary>
    public static void MapRefold(this IEndpointRouteBuilder app)
    {
        var admin = app.MapAdmin();
        QueryEndpoints
            .Describe<RefoldJobResponse>(
                admin.MapPost("/refold", static (HttpContext context, RefoldCommands refold) => refold.Start(context)),
                "startRefold",
                "Fold all workflows again",
                "Begins to fold every workflow again from its receipts under the vocabulary in force, and "
                    + "answers with the job; a job that is under way is answered as it is. "
                    + "With dry_run=true nothing is changed: answers with a line of JSON (application/x-ndjson) "
                    + "for each workflow that would be shown otherwise, and a last line with the counts; "
                    + "the body may then hold the words to try, as the section Vocabulary of the settings would.",
                QueryParameter.OfRefold
            )
            .AlsoProduces<DryRunLine>(RefoldCommands.Lines)
            .AlsoProduces<DryRunSummary>(RefoldCommands.Lines, place: 1)
            .Accepts<VocabularyToTry>(isOptional: true, MediaTypeNames.Application.Json, ContractDescription.AnyType)
            .Produces<Problem>(404, Problem.ContentType);
        QueryEndpoints
            .Describe<RefoldJobResponse>(
                admin.MapGet("/refold", static (HttpContext context, RefoldCommands refold) =>
                    refold.GetLatest(context)
                ),
                "getRefold",
                "How far folding again has come",
                "The job that is under way, or the last one."
            )
            .Produces<Problem>(404, Problem.ContentType);
    }
}

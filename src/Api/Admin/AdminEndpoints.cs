using Orleans.Workflow.Api.OpenApi;
using Orleans.Workflow.Api.Queries;

namespace Orleans.Workflow.Api.Admin;

/// <summary>The routes of those who run the product.</summary>
internal static class AdminEndpoints
{
    /// <summary>Maps the routes.</summary>
    public static void MapAdmin(this IEndpointRouteBuilder app)
    {
        var admin = app.MapGroup("/admin").WithTags("Admin");
        QueryEndpoints.Describe<RefoldJobAnswer>(
            admin.MapPost("/refold", static (HttpContext context, RefoldCommands refold) => refold.Start(context)),
            "Fold all workflows again",
            "Begins to fold every workflow again from its receipts under the vocabulary in force, and answers with the job; a job that is under way is answered as it is. "
            + "With dry_run=true nothing is changed: answers with a line of JSON (application/x-ndjson) for each workflow that would be shown otherwise, and a last line with the counts; "
            + "the body may then hold the words to try, as the section Vocabulary of the settings would.",
            QueryParameter.OfRefold)
            .Produces<DryRunLine>(200, RefoldCommands.Lines)
            .Produces<Problem>(404, Problem.ContentType);
        QueryEndpoints.Describe<RefoldJobAnswer>(
            admin.MapGet("/refold", static (HttpContext context, RefoldCommands refold) => refold.GetLatest(context)),
            "How far folding again has come",
            "The job that is under way, or the last one.")
            .Produces<Problem>(404, Problem.ContentType);
    }
}

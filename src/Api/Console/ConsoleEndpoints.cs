using Orleans.Workflow.Api.Console.Facts;
using Orleans.Workflow.Api.Console.Health;
using Orleans.Workflow.Api.Console.Operators;
using Orleans.Workflow.Api.Console.Overview;
using Orleans.Workflow.Api.Console.Receipts;
using Orleans.Workflow.Api.Console.Refused;
using Orleans.Workflow.Api.Console.Vocabularies;
using Orleans.Workflow.Api.Console.WorkflowDetails;
using Orleans.Workflow.Api.Console.Workflows;
using Orleans.Workflow.Api.Hosting;
using Orleans.Workflow.Api.Security;
using Orleans.Workflow.Api.Security.Access;

namespace Orleans.Workflow.Api.Console;

/// <summary>
/// The console: pages for people, made on the server. They read and do what the contract offers, within the process.
/// </summary>
internal static class ConsoleEndpoints
{
    /// <summary>
    /// What a browser may do with a page: show it, with the console's own style and script, and nothing else.
    /// </summary>
    private const string Policy =
        "default-src 'none'; style-src 'self'; script-src 'self'; worker-src 'self'; img-src 'self'; connect-src "
        + "'self'; "
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>Adds what the pages need.</summary>
    public static void AddConsole(this IServiceCollection services)
    {
        services.AddRazorComponents();
        services.AddSingleton<ConsoleCounts>();
        services.AddSingleton<ReceiptRates>();
        services.AddSingleton<IncidentLog>();
        services.AddSingleton<HealthPageHandler>();
        services.AddSingleton<RecentMoves>();
        services.AddSingleton<EndedCounts>();
        services.AddSingleton<OverviewPageHandler>();
        services.AddSingleton<WorkflowsPageHandler>();
        services.AddSingleton<WorkflowsExport>();
        services.AddSingleton<MissingWorkflow>();
        services.AddSingleton<WorkflowPageHandler>();
        services.AddSingleton<ExplanationPageHandler>();
        services.AddSingleton<ReceiptPageHandler>();
        services.AddSingleton<ListProgressReader>();
        services.AddSingleton<FactsPageHandler>();
        services.AddSingleton<WordsPageHandler>();
        services.AddSingleton<PreviewHandler>();
        services.AddSingleton<Sources.SourcesPageHandler>();
        services.AddSingleton<RefusedPageHandler>();
        services.AddSingleton<ReviewHandler>();
        services.AddSingleton<ActionsPageHandler>();
        services.AddSingleton<ResendHandler>();
    }

    /// <summary>Maps the pages, and what can be done there.</summary>
    public static void MapConsole(this IEndpointRouteBuilder app)
    {
        var console = app.MapGroup("/console").ExcludeFromDescription();

        // The same for everybody, and kept by caches that are shared: nothing to protect.
        // A shared worker obeys the policy of its own script.
        console
            .MapGet("/assets/{hash}/{name}", static (HttpContext context, string name) =>
                ConsoleAssets.Get(context, name)
            )
            .AllowAnonymous()
            .WithContentSecurityPolicy(Policy);

        MapPages(console.MapGroup("").WithContentSecurityPolicy(Policy).ShedLoad());
        MapForms(console.MapGroup("").WithContentSecurityPolicy(Policy).ShedLoad());
    }

    private static void MapPages(RouteGroupBuilder pages)
    {
        pages.MapGet("/", static (HttpContext context, OverviewPageHandler overview) => overview.Show(context));
        pages.MapGet("/health", static (HttpContext context, HealthPageHandler health) => health.Show(context));
        pages.MapGet("/workflows", static (HttpContext context, WorkflowsPageHandler workflows) =>
            workflows.Show(context)
        );
        pages.MapGet("/export/workflows", static (HttpContext context, WorkflowsExport export) => export.Get(context));
        pages.MapGet("/workflows/{workflow_id}", static (HttpContext context, WorkflowPageHandler workflow) =>
            workflow.Show(context)
        );
        pages.MapGet(
            "/workflows/{workflow_id}/explain",
            static (HttpContext context, ExplanationPageHandler explanation) => explanation.Show(context)
        );
        pages.MapGet("/workflows/{workflow_id}/facts", static (HttpContext context, FactsPageHandler facts) =>
            facts.ShowOfWorkflow(context)
        );
        pages.MapGet(
            "/workflows/{workflow_id}/nodes/{nodetask_id}/facts",
            static (HttpContext context, FactsPageHandler facts) => facts.ShowOfNodeTask(context)
        );
        pages.MapGet("/facts", static (HttpContext context, FactsPageHandler facts) => facts.ShowSearch(context));
        pages.MapGet(
            "/receipts/{receipt_id}",
            static (HttpContext context, string receipt_id, ReceiptPageHandler receipt) =>
                receipt.Show(context, receipt_id)
        );
        pages.MapGet("/vocabulary", static (HttpContext context, WordsPageHandler words) => words.Show(context));
        pages.MapGet("/sources", static (HttpContext context, Sources.SourcesPageHandler sources) =>
            sources.Show(context)
        );
        pages.MapGet("/refused", static (HttpContext context, RefusedPageHandler refused) => refused.ShowList(context));
        pages.MapGet(
            "/refused/{refused_id}",
            static (HttpContext context, string refused_id, RefusedPageHandler refused) =>
                refused.ShowOne(context, refused_id)
        );
        pages
            .MapGet("/actions", static (HttpContext context, ActionsPageHandler actions) => actions.Show(context))
            .RequireAuthorization(AccessRoles.Operate);
        pages.MapGet("/{**rest}", static () => ConsolePage.NotFound("There is no such page."));
    }

    private static void MapForms(RouteGroupBuilder forms)
    {
        forms
            .MapPost("/vocabulary/try", static (HttpContext context, PreviewHandler preview) => preview.Post(context))
            .RequireAuthorization(AccessRoles.Admin);
        forms
            .MapPost(
                "/refused/{refused_id}/resend",
                static (HttpContext context, string refused_id, ResendHandler resending) =>
                    resending.Post(context, refused_id)
            )
            .RequireAuthorization(AccessRoles.Operate);
        forms
            .MapPost("/workflows/{workflow_id}/review", static (HttpContext context, ReviewHandler review) =>
                review.Post(context)
            )
            .RequireAuthorization(AccessRoles.Operate);
    }
}

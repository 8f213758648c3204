using Orleans.Workflow.Api.Console.Facts;
using Orleans.Workflow.Api.Console.OneWorkflow;
using Orleans.Workflow.Api.Console.Overview;
using Orleans.Workflow.Api.Console.Receipts;
using Orleans.Workflow.Api.Console.Refused;
using Orleans.Workflow.Api.Console.Vocabularies;
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
        services.AddSingleton<OverviewReader>();
        services.AddSingleton<WorkflowsReader>();
        services.AddSingleton<MissingWorkflow>();
        services.AddSingleton<WorkflowReader>();
        services.AddSingleton<ExplanationReader>();
        services.AddSingleton<ReceiptReader>();
        services.AddSingleton<ListProgressReader>();
        services.AddSingleton<FactsReader>();
        services.AddSingleton<WordsReader>();
        services.AddSingleton<VocabularyPreview>();
        services.AddSingleton<Sources.SourcesReader>();
        services.AddSingleton<RefusedReader>();
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

        var pages = console.MapGroup("").WithContentSecurityPolicy(Policy).ShedLoad();
        pages.MapGet("/", static (HttpContext context, OverviewReader overview) => overview.Show(context));
        pages.MapGet("/workflows", static (HttpContext context, WorkflowsReader workflows) => workflows.Show(context));
        pages.MapGet("/workflows/{workflow_id}", static (HttpContext context, WorkflowReader workflow) =>
            workflow.Show(context)
        );
        pages.MapGet("/workflows/{workflow_id}/explain", static (HttpContext context, ExplanationReader explanation) =>
            explanation.Show(context)
        );
        pages.MapGet("/workflows/{workflow_id}/facts", static (HttpContext context, FactsReader facts) =>
            facts.ShowOfWorkflow(context)
        );
        pages.MapGet(
            "/workflows/{workflow_id}/nodes/{nodetask_id}/facts",
            static (HttpContext context, FactsReader facts) => facts.ShowOfNodeTask(context)
        );
        pages.MapGet("/facts", static (HttpContext context, FactsReader facts) => facts.ShowSearch(context));
        pages.MapGet("/receipts/{receipt_id}", static (HttpContext context, string receipt_id, ReceiptReader receipt) =>
            receipt.Show(context, receipt_id)
        );
        pages.MapGet("/vocabulary", static (HttpContext context, WordsReader words) => words.Show(context));
        pages.MapGet("/sources", static (HttpContext context, Sources.SourcesReader sources) => sources.Show(context));
        pages.MapGet("/refused", static (HttpContext context, RefusedReader refused) => refused.ShowList(context));
        pages.MapGet("/refused/{refused_id}", static (HttpContext context, string refused_id, RefusedReader refused) =>
            refused.ShowOne(context, refused_id)
        );
        pages.MapGet("/{**rest}", static () => ConsolePage.NotFound("There is no such page."));

        var deeds = console
            .MapGroup("")
            .WithContentSecurityPolicy(Policy)
            .ShedLoad()
            .RequireAuthorization(AccessRoles.Admin);
        deeds.MapPost("/vocabulary/try", static (HttpContext context, VocabularyPreview preview) =>
            preview.Post(context)
        );
        deeds.MapPost(
            "/refused/{refused_id}/resend",
            static (HttpContext context, string refused_id, ResendHandler resending) =>
                resending.Post(context, refused_id)
        );
    }
}

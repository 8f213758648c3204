using System.Net.Mime;
using Orleans.Workflow.Api.Hosting;
using Orleans.Workflow.Api.OpenApi;
using Orleans.Workflow.Api.Queries;

namespace Orleans.Workflow.Api.Webhooks;

/// <summary>The routes that the vendor sends to.</summary>
internal static class WebhookEndpoints
{
    /// <summary>Maps the routes.</summary>
    public static void MapWebhooks(this IEndpointRouteBuilder app)
    {
        var webhooks = app.MapGroup("/webhooks/{source}").WithTags("Webhooks").RequireRateLimiting(LoadShedding.Policy);
        Describe(webhooks.MapPost("/workflow-status", static (HttpContext context, string source, WorkflowStatusWebhook webhook) =>
            webhook.Handle(context, source, pathSecret: null)));
        Describe(webhooks.MapPost("/{secret}/workflow-status", static (HttpContext context, string source, WorkflowStatusWebhook webhook) =>
            webhook.Handle(context, source, RawPath.Segment(context, 2) ?? string.Empty)));
    }

    private static void Describe(RouteHandlerBuilder route) => route
        .WithSummary("Takes a Workflow Status Change notification of AI Rudder")
        .WithDescription("Answers 200 only when the notification is folded and durable. The headers X-Receipt-Id, X-Effect and X-Workflow-Version say what it did.")
        .Accepts<VendorNotification>(MediaTypeNames.Application.Json, ContractDescription.AnyType)
        .Produces<EmptyAnswer>()
        .Produces<Problem>(400, Problem.ContentType)
        .Produces<Problem>(401, Problem.ContentType)
        .Produces<Problem>(413, Problem.ContentType)
        .Produces<Problem>(415, Problem.ContentType)
        .Produces<Problem>(429, Problem.ContentType)
        .Produces<Problem>(503, Problem.ContentType);
}

using System.Net.Mime;
using Microsoft.AspNetCore.Http.Features;
using Orleans.Workflow.Api.OpenApi;
using Orleans.Workflow.Api.Queries;
using Orleans.Workflow.Api.Security;

namespace Orleans.Workflow.Api.Webhooks;

/// <summary>The routes that the vendor sends to.</summary>
internal static class WebhookEndpoints
{
    /// <summary>What the path of every webhook begins with.</summary>
    public const string Root = "/webhooks/";

    /// <summary>What the path of this webhook ends with.</summary>
    public const string WorkflowStatus = "/workflow-status";

    /// <summary>
    /// Maps the routes. They know their senders themselves, so they end in the routing: the access of readers, which follows it, would
    /// cost time here and could only take a sender's secret for a wrong key. They shed load themselves too, and take no services from
    /// the request: a filter, and a scope for each request, are work that nothing here needs.
    /// </summary>
    public static void MapWebhooks(this IEndpointRouteBuilder app)
    {
        var webhooks = app.MapGroup(Root + "{source}").WithTags("Webhooks").AllowAnonymous();
        webhooks.ShortCircuit();
        var services = app.ServiceProvider;
        Describe(webhooks.MapPost(WorkflowStatus, (HttpContext context, string source) =>
            services.GetRequiredService<WorkflowStatusWebhook>().Handle(context, source, pathSecret: null)), "sendWorkflowStatus");
        Describe(webhooks.MapPost("/{secret}" + WorkflowStatus, (HttpContext context, string source) =>
            services.GetRequiredService<WorkflowStatusWebhook>()
                .Handle(context, source, context.Features.GetRequiredFeature<SecretPath>().Secret ?? string.Empty)), "sendWorkflowStatusWithSecret");
        MapUnknown(app);
    }

    /// <summary>Maps what is below <c>/webhooks</c> and no webhook. Any method, and behind every other route.</summary>
    private static void MapUnknown(IEndpointRouteBuilder app)
    {
        var unknown = app.ServiceProvider.GetRequiredService<UnknownWebhook>();
        app.Map(Root + "{**rest}", (RequestDelegate)unknown.Handle)
            .AllowAnonymous()
            .ShortCircuit()
            .Add(static endpoint => ((RouteEndpointBuilder)endpoint).Order = int.MaxValue);
    }

    private static void Describe(RouteHandlerBuilder route, string operationId) => route
        .WithName(operationId)
        .WithSummary("Takes a Workflow Status Change notification of AI Rudder")
        .WithDescription("Answers 200 only when the notification is folded and durable. The headers X-Receipt-Id, X-Effect and X-Workflow-Version say what it did.")
        .Accepts<VendorNotification>(MediaTypeNames.Application.Json, ContractDescription.AnyType)
        .Produces<EmptyAnswer>()
        .Produces<Problem>(400, Problem.ContentType)
        .Produces<Problem>(401, Problem.ContentType)
        .Produces<Problem>(408, Problem.ContentType)
        .Produces<Problem>(413, Problem.ContentType)
        .Produces<Problem>(415, Problem.ContentType)
        .Produces<Problem>(429, Problem.ContentType)
        .Produces<Problem>(503, Problem.ContentType);
}

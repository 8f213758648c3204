using Microsoft.AspNetCore.Http.Features;
using Orleans.Workflow.Api.OpenApi;
using Orleans.Workflow.Api.Queries;
using Orleans.Workflow.Api.Security;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Notifications;

namespace Orleans.Workflow.Api.Webhooks;

/// <summary>The routes that the vendor sends to.</summary>
internal static class WebhookEndpoints
{
    /// <summary>
    /// Maps the routes. They know their senders themselves, so they end in the routing: the access of readers, which
    /// follows it, would cost time here and could only take a sender's secret for a wrong key. They shed load
    /// themselves too, and take no services from the request: a filter, and a scope for each request, are work that
    /// nothing here needs.
    /// </summary>
    public static void MapWebhooks(this IEndpointRouteBuilder app)
    {
        var webhooks = app.MapGroup(WebhookPath.Root + "{source}").WithTags("Webhooks").AllowAnonymous();
        webhooks.ShortCircuit();
        foreach (var kind in NotificationKinds.All)
            Map($"/{kind.Path}", kind);

        Map(string.Empty, kind: null);
        MapUnknown(app);

        void Map(string path, NotificationKind? kind)
        {
            Describe(
                webhooks.MapPost(path, (HttpContext context, string source) =>
                    Webhook().Handle(context, source, pathSecret: null, kind)
                ),
                kind,
                string.Empty
            );
            Describe(
                webhooks.MapPost("/{secret}" + path, (HttpContext context, string source) =>
                    Webhook()
                        .Handle(
                            context,
                            source,
                            context.Features.GetRequiredFeature<SecretPath>().Secret ?? string.Empty,
                            kind
                        )
                ),
                kind,
                "WithSecret"
            );
        }

        Webhook Webhook() => app.ServiceProvider.GetRequiredService<Webhook>();
    }

    /// <summary>Maps what is below <c>/webhooks</c> and no webhook. Any method, and behind every other route.</summary>
    private static void MapUnknown(IEndpointRouteBuilder app)
    {
        var unknown = app.ServiceProvider.GetRequiredService<UnknownWebhook>();
        app.Map(WebhookPath.Root + "{**rest}", (RequestDelegate)unknown.Handle)
            .AllowAnonymous()
            .ShortCircuit()
            .Add(static endpoint => ((RouteEndpointBuilder)endpoint).Order = int.MaxValue);
    }

    private static void Describe(RouteHandlerBuilder route, NotificationKind? kind, string form)
    {
        route
            .WithName($"send{NotificationDescription.NameOf(kind)}{form}")
            .WithSummary(NotificationDescription.SummaryOf(kind))
            .WithDescription(NotificationDescription.Of(kind))
            .TakesNotification(kind)
            .Produces<EmptyResponse>();
        foreach (var status in (int[])[400, 401, 408, 413, 415, 429, 503])
            route.Produces<Problem>(status, Problem.ContentType);

        // Where a source takes only pushes that the vendor confirms.
        if (kind is null or { Fact: FactKind.CustomNode })
            route.Produces<Problem>(403, Problem.ContentType);

        // What is taken for a secret may be the mistyped path of a kind.
        if (kind is null)
            route.Produces<Problem>(404, Problem.ContentType);
    }
}

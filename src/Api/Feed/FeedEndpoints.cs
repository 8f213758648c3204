using Orleans.Workflow.Api.Hosting;
using Orleans.Workflow.Api.OpenApi;
using Orleans.Workflow.Api.Queries;
using Orleans.Workflow.Storage.Feed;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Feed;

/// <summary>The routes of the live feed.</summary>
internal static class FeedEndpoints
{
    private const string Description =
        "Server-sent events, one for each version of a workflow. A stream continues after Last-Event-ID: nothing "
        + "is left out "
        + "and nothing comes twice, whichever Api is asked. A workflow's changes come in the order of its versions. "
        + "The id of an event names its history: after a restore of the database, or when a standby took over, "
        + "an id from "
        + "before is answered 410, and streams that are open end. Of changes that retention removed, the last of each "
        + "workflow comes in its place with trimmed: true and without transitions: the state tells the rest. "
        + "With include=facts the facts come too, as events of the type fact that are as in the list of facts: "
        + "each that was new or differs once, in the order of their acceptance, "
        + "repeats and facts of deleted workflows not at all. "
        + "An id then has the places in both orders, between which there is none. After facts that were removed it is "
        + "answered 410. "
        + "A stream ends with the token that opened it.";

    /// <summary>Adds what the routes need.</summary>
    public static void AddFeed(this IServiceCollection services)
    {
        services.AddSingleton<FeedSource>();
        services.AddSingleton<FeedRequests>();
        services.AddSingleton<FeedTails>();
        services.AddHostedService(static provider => provider.GetRequiredService<FeedTails>());
    }

    /// <summary>Maps the routes.</summary>
    public static void MapFeed(this IEndpointRouteBuilder app)
    {
        Describe(
            app.MapGet("/events", static (HttpContext context, FeedRequests feed) => feed.FollowAll(context)),
            "followWorkflows",
            "The changes of all workflows, as they happen",
            Description
                + " Filters are met by the workflow as it is when the event is read; with a filter its row in "
                + "the list is in the event.",
            [.. QueryParameter.OfStateFilter, .. QueryParameter.OfOneWorkflow, .. QueryParameter.OfFeed]
        );
        Describe(
            app.MapGet("/workflows/{workflow_id}/events", static (HttpContext context, FeedRequests feed) =>
                feed.FollowWorkflow(context)
            ),
            "followWorkflow",
            "The changes of a workflow, as they happen",
            Description + " The workflow need not be known yet.",
            QueryParameter.OfFeed
        );
    }

    private static void Describe(
        RouteHandlerBuilder route,
        string operationId,
        string summary,
        string description,
        params QueryParameter[] parameters
    ) =>
        route
            .WithName(operationId)
            .ShedLoad(heldOpen: true)
            .WithTags("Queries")
            .WithSummary(summary)
            .WithDescription(description)
            .WithMetadata([.. parameters])
            .Produces<Change>(200, FeedEvent.ContentType)
            .AlsoProduces<EmptyResponse>(FeedEvent.ContentType)
            .AlsoProduces<FactSummary>(FeedEvent.ContentType, place: 1)
            .Produces<Problem>(400, Problem.ContentType)
            .Produces<Problem>(410, Problem.ContentType)
            .Produces<Problem>(429, Problem.ContentType)
            .Produces<Problem>(503, Problem.ContentType);
}

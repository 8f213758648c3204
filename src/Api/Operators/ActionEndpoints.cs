using Orleans.Workflow.Api.Json;
using Orleans.Workflow.Api.OpenApi;
using Orleans.Workflow.Api.Queries;
using Orleans.Workflow.Api.Security.Access;
using Orleans.Workflow.Storage.Operators;

namespace Orleans.Workflow.Api.Operators;

/// <summary>The route that lists what operators did.</summary>
internal static class ActionEndpoints
{
    /// <summary>Maps the route.</summary>
    public static void MapActions(this IEndpointRouteBuilder app) =>
        QueryEndpoints.Describe<ListResponse<OperatorActionResponse>>(
            app.MapAdmin().MapGet("/actions", static (HttpContext context, SqlOperatorLog log) => List(context, log)),
            "listActions",
            "What operators did",
            "Each action is written down in the transaction of what was done, the latest first. Of one that was begun "
                + "and whose end is not known the result is null.",
            [.. QueryParameter.OfActions, .. QueryParameter.OfPage]
        );

    private static Task List(HttpContext context, SqlOperatorLog log)
    {
        var parameters = new QueryParameters(context.Request.Query, "subject", "limit", "cursor");
        var subject = parameters.Text("subject");
        var limit = parameters.Limit();
        var kind = Cursor.Kind("actions", subject);
        Guid? before = Cursor.Read(parameters, kind, 1) is [var id] ? Guid.Parse(id) : null;
        return ProblemResults.Handle(context, parameters, async () =>
        {
            var items = await log.List(subject, before, limit + 1, context.RequestAborted);
            var next = items.Length > limit ? Cursor.Write(kind, $"{items[limit - 1].Id}") : null;
            await context.Response.WriteJson(
                new ListResponse<OperatorActionResponse>(
                    [.. items.Take(limit).Select(OperatorActionResponse.Of)],
                    next
                ),
                ApiJson.Default.ListResponseOperatorActionResponse
            );
        });
    }
}

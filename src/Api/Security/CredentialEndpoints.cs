using System.Text.Json.Serialization.Metadata;
using Orleans.Workflow.Api.Json;
using Orleans.Workflow.Api.Queries;
using Orleans.Workflow.Api.Security.Access;

namespace Orleans.Workflow.Api.Security;

/// <summary>The routes that tell which credentials are in use.</summary>
internal static class CredentialEndpoints
{
    /// <summary>Maps the routes.</summary>
    public static void MapCredentials(this IEndpointRouteBuilder app)
    {
        var admin = app.MapAdmin();
        Describe<ListAnswer<SourceAnswer>>(
            admin.MapGet("/sources", static (HttpContext context, Sources sources) =>
                List(context, sources.All.Select(SourceAnswer.Of), ApiJson.Default.ListAnswerSourceAnswer)
            ),
            "listSources",
            "The sources and the use of their credentials"
        );
        Describe<ListAnswer<KeyAnswer>>(
            admin.MapGet("/keys", static (HttpContext context, AccessKeys keys) =>
                List(context, keys.All.Select(Of), ApiJson.Default.ListAnswerKeyAnswer)
            ),
            "listKeys",
            "The API keys and their use"
        );
    }

    private static Task List<T>(HttpContext context, IEnumerable<T> items, JsonTypeInfo<ListAnswer<T>> type) =>
        Answer.Run(context, new QueryParameters(context.Request.Query), () =>
            context.Response.WriteJson(new ListAnswer<T>([.. items], null), type)
        );

    private static KeyAnswer Of(AccessKey key) => new(key.Name, key.Role.Word(), CredentialAnswer.Of(key.Uses));

    private static void Describe<TAnswer>(RouteHandlerBuilder route, string operationId, string summary) =>
        route
            .WithName(operationId)
            .WithSummary(summary)
            .WithDescription(
                "Counted by the process that answers, since its start: a secret may be removed when no process "
                    + "has seen it for long enough."
            )
            .Produces<TAnswer>()
            .Produces<Problem>(400, Problem.ContentType);
}

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
        Describe<ListResponse<SourceResponse>>(
            admin.MapGet("/sources", static (HttpContext context, Sources sources) =>
                List(context, sources.All.Select(SourceResponse.Of), ApiJson.Default.ListResponseSourceResponse)
            ),
            "listSources",
            "The sources and the use of their credentials"
        );
        Describe<ListResponse<KeyResponse>>(
            admin.MapGet("/keys", static (HttpContext context, AccessKeys keys) =>
                List(context, keys.All.Select(Of), ApiJson.Default.ListResponseKeyResponse)
            ),
            "listKeys",
            "The API keys and their use"
        );
    }

    private static Task List<T>(HttpContext context, IEnumerable<T> items, JsonTypeInfo<ListResponse<T>> type) =>
        ProblemResults.Handle(context, new QueryParameters(context.Request.Query), () =>
            context.Response.WriteJson(new ListResponse<T>([.. items], null), type)
        );

    private static KeyResponse Of(AccessKey key) => new(key.Name, key.Role.Word(), CredentialResponse.Of(key.Uses));

    private static void Describe<TResponse>(RouteHandlerBuilder route, string operationId, string summary) =>
        route
            .WithName(operationId)
            .WithSummary(summary)
            .WithDescription(
                "Counted by the process that answers, since its start: a secret may be removed when no process "
                    + "has seen it for long enough."
            )
            .Produces<TResponse>()
            .Produces<Problem>(400, Problem.ContentType);
}

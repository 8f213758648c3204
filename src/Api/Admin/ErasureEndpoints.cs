using System.Net.Mime;
using Orleans.Workflow.Api.OpenApi;
using Orleans.Workflow.Api.Queries;
using Orleans.Workflow.Api.Security.Access;

namespace Orleans.Workflow.Api.Admin;

/// <summary>The route of erasing persons.</summary>
internal static class ErasureEndpoints
{
    /// <summary>Maps the route.</summary>
    public static void MapErasures(this IEndpointRouteBuilder app) =>
        QueryEndpoints
            .Describe<ErasureResponse>(
                app.MapAdmin()
                    .MapPost("/erasures", static (HttpContext context, ErasureCommands erasures) =>
                        erasures.Erase(context)
                    ),
                "eraseCallee",
                "Erase a person",
                "Removes the bodies of all facts about a number or address, and those of refused requests that hold "
                    + "it. Counts stay, and what comes later about it is kept without a body. Erasing it again is "
                    + "always safe."
            )
            .Accepts<ErasureRequest>(MediaTypeNames.Application.Json, ContractDescription.AnyType);
}

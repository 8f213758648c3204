extern alias product;

using System.Collections.Immutable;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Orleans.Workflow.Hosting;
using product::Orleans.Workflow.Api.Hosting;
using product::Orleans.Workflow.Api.OpenApi;

namespace Orleans.Workflow.Api.Tests.Hosting;

/// <summary>A route of the product.</summary>
/// <param name="Pattern">Its path.</param>
/// <param name="Methods">The methods that it takes.</param>
/// <param name="Parameters">The parameters of its query, where they are described.</param>
public sealed record ProductRoute(
    RoutePattern Pattern,
    ImmutableArray<string> Methods,
    ImmutableArray<string> Parameters
)
{
    /// <summary>The paths that it has with some values of its parameters.</summary>
    public IEnumerable<string> Paths(IReadOnlyDictionary<string, string[]> values) =>
        Pattern.PathSegments.Aggregate((IEnumerable<string>)[""], (paths, segment) =>
            paths.SelectMany(path => Texts(segment, values).Select(text => $"{path}/{text}")).ToList()
        );

    /// <summary>For messages.</summary>
    public override string ToString() => $"{string.Join(',', Methods)} {Pattern.RawText}";

    private bool IsOfDashboard => Pattern.RawText!.StartsWith("/admin/dashboard", StringComparison.Ordinal);

    private IEnumerable<string> Texts(RoutePatternPathSegment segment, IReadOnlyDictionary<string, string[]> values) =>
        segment.Parts.Aggregate((IEnumerable<string>)[""], (texts, part) => texts
                .SelectMany(text =>
                    part switch
                    {
                        RoutePatternLiteralPart literal => [text + literal.Content],
                        RoutePatternSeparatorPart separator => [text + separator.Content],
                        // The dashboard's parameters are its own, and administrators' alone.
                        RoutePatternParameterPart when IsOfDashboard => [text + "x"],
                        RoutePatternParameterPart parameter => values
                            .GetValueOrDefault(parameter.Name)
                            .ShouldNotBeNull($"{this} has the parameter '{parameter.Name}': give it a value")
                            .Select(value => text + Uri.EscapeDataString(value)),
                        _ => throw new InvalidOperationException($"{part} in {this}"),
                    }
                )
                .ToList());
}

/// <summary>Reads the routes from the product itself, so that none can be left out.</summary>
public static class ProductRoutes
{
    /// <summary>All routes that it has with some settings. It is built and not started.</summary>
    public static async Task<ImmutableArray<ProductRoute>> Read(params string[] settings)
    {
        await using var app = ApiHost.AddWorkflowApi(WorkflowHost.CreateBuilder(settings)).Build();
        app.MapWorkflowApi();
        return
        [
            .. ((IEndpointRouteBuilder)app)
                .DataSources.SelectMany(static source => source.Endpoints)
                .OfType<RouteEndpoint>()
                .Select(static endpoint => new ProductRoute(
                    endpoint.RoutePattern,
                    [.. endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]],
                    [.. endpoint.Metadata.GetOrderedMetadata<QueryParameter>().Select(static one => one.Name)]
                )),
        ];
    }
}

using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Orleans.Workflow.Api.Hosting;

/// <summary>
/// Describes a parameter of a route that reads its parameters itself: ids come from the raw path, and query parameters are checked
/// for names that are unknown or there twice, so the framework binds neither.
/// </summary>
/// <param name="Name">Its name.</param>
/// <param name="Text">What it is for.</param>
/// <param name="IsNumber">Whether it is a whole number.</param>
/// <param name="Words">The words it may be; none for any.</param>
internal sealed record ParameterDescription(string Name, string Text, bool IsNumber = false, params string[] Words)
{
    /// <summary>Adds the described parameters, and those of the path, to an operation.</summary>
    public static Task Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        operation.Parameters ??= [];
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        foreach (var name in PathNames(context.Description.RelativePath ?? string.Empty))
        {
            if (operation.Parameters.All(parameter => parameter.Name != name))
                operation.Parameters.Add(Parameter(name, ParameterLocation.Path, "Percent-encoded UTF-8, a '/' as %2F.", isNumber: false, []));
        }

        foreach (var described in metadata.OfType<ParameterDescription>())
            operation.Parameters.Add(Parameter(described.Name, ParameterLocation.Query, described.Text, described.IsNumber, described.Words));

        return Task.CompletedTask;
    }

    private static IEnumerable<string> PathNames(string path) =>
        path.Split('/').Where(static part => part.StartsWith('{')).Select(static part => part.Trim('{', '}'));

    private static OpenApiParameter Parameter(string name, ParameterLocation location, string text, bool isNumber, string[] words) => new()
    {
        Name = name,
        In = location,
        Required = location == ParameterLocation.Path,
        Description = text,
        Schema = new OpenApiSchema
        {
            Type = isNumber ? JsonSchemaType.Integer : JsonSchemaType.String,
            Enum = words.Length == 0 ? null : [.. words],
        },
    };
}

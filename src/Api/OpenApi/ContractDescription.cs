using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.OpenApi;
using Orleans.Workflow.Api.Admin;
using Orleans.Workflow.Api.Json;
using Orleans.Workflow.Api.Webhooks;

namespace Orleans.Workflow.Api.OpenApi;

/// <summary>Describes the contract as OpenAPI, so that it agrees with what is written and read.</summary>
internal static class ContractDescription
{
    /// <summary>
    /// Any content type: the routes themselves refuse a wrong one, after they have checked the sender's credential.
    /// </summary>
    public const string AnyType = "*/*";

    // A status that no route answers with: the framework describes one type for each status, and with it what the type
    // refers to.
    private const int FirstForm = 290;

    private static readonly HashSet<Type> RequestTypes =
    [
        typeof(VendorNotification),
        typeof(VendorAction),
        typeof(VocabularyToTry),
    ];

    /// <summary>Adds the description.</summary>
    public static void AddContractDescription(this IServiceCollection services)
    {
        // Answers are written by ApiJson; these options are read by the description alone.
        services.ConfigureHttpJsonOptions(static json =>
        {
            var options = json.SerializerOptions;
            options.TypeInfoResolverChain.Insert(0, ApiJson.Default);
            options.PropertyNamingPolicy = ApiJson.Default.Options.PropertyNamingPolicy;
            options.NumberHandling = JsonNumberHandling.Strict;

            // Of a time the framework's own description says more: that it is a date-time.
            foreach (
                var converter in ApiJson.Default.Options.Converters.Where(static converter =>
                    converter is not MillisecondsConverter
                )
            )
                options.Converters.Add(converter);
        });
        services.AddOpenApi(static options =>
            options
                .AddDocumentTransformer(static (document, _, _) => DescribeProduct(document))
                .AddDocumentTransformer(static (document, _, _) => SecurityDescription.DescribeSchemes(document))
                .AddDocumentTransformer(static (document, _, _) => JoinLines(document))
                .AddOperationTransformer(
                    static (operation, context, _) => DescribeRequest(operation, context.Description)
                )
                .AddOperationTransformer(
                    static (operation, context, _) =>
                        NotificationDescription.DescribeBody(operation, context.Description)
                )
                .AddOperationTransformer(static (operation, _, _) => JoinForms(operation))
                .AddOperationTransformer(
                    static (operation, context, _) => SecurityDescription.DescribeAccess(operation, context)
                )
                .AddSchemaTransformer(static (schema, _, _) => DescribeWords(schema))
                .AddSchemaTransformer(static (schema, context, _) => DescribePresence(schema, context.JsonTypeInfo))
        );
    }

    /// <summary>Says that the answer 200 has another form too, chosen by the parameters of the request.</summary>
    /// <typeparam name="TResponse">The type that is written.</typeparam>
    /// <param name="route">The route.</param>
    /// <param name="contentType">The content type of this form.</param>
    /// <param name="place">Its number among the other forms of the route, from 0.</param>
    public static RouteHandlerBuilder AlsoProduces<TResponse>(
        this RouteHandlerBuilder route,
        string contentType,
        int place = 0
    ) => route.Produces<TResponse>(FirstForm + place, contentType);

    private static Task DescribeRequest(OpenApiOperation operation, ApiDescription description)
    {
        operation.RequestBody?.Content?.Remove(AnyType);
        operation.Parameters =
        [
            .. RoutePatternFactory
                .Parse(description.RelativePath!)
                .Parameters.Select(static parameter => InPath(parameter.Name)),
            .. description.ActionDescriptor.EndpointMetadata.OfType<QueryParameter>().Select(InQuery),
        ];
        return Task.CompletedTask;
    }

    private static Task DescribeProduct(OpenApiDocument document)
    {
        document.Info.Title = "Orleans.Workflow";
        return Task.CompletedTask;
    }

    /// <summary>Joins the forms that <see cref="AlsoProduces{TResponse}"/> has noted to the answer 200.</summary>
    private static Task JoinForms(OpenApiOperation operation)
    {
        foreach (var (status, form) in operation.Responses!.Where(static response => IsForm(response.Key)).ToList())
        {
            operation.Responses!.Remove(status);
            var joined = operation.Responses["200"].Content!;
            foreach (var (contentType, media) in form.Content!)
            {
                if (!joined.TryAdd(contentType, media))
                    joined[contentType] = new OpenApiMediaType
                    {
                        Schema = new OpenApiSchema { AnyOf = [.. Forms(joined[contentType].Schema!), media.Schema!] },
                    };
            }
        }

        return Task.CompletedTask;
    }

    private static IList<IOpenApiSchema> Forms(IOpenApiSchema schema) =>
        schema is OpenApiSchema { AnyOf: { Count: > 0 } forms } ? forms : [schema];

    private static bool IsForm(string status) =>
        int.Parse(status, CultureInfo.InvariantCulture) is >= FirstForm and < 300;

    /// <summary>An enumeration is a string; where its word may be null, the place that refers to it says so.</summary>
    private static Task DescribeWords(OpenApiSchema schema)
    {
        if (schema.Enum is { Count: > 0 } words)
        {
            schema.Type = JsonSchemaType.String;
            schema.Enum = [.. words.Where(static word => word?.GetValueKind() == JsonValueKind.String)];
        }

        return Task.CompletedTask;
    }

    /// <summary>Every property of an answer is written, null or not, unless it says otherwise.</summary>
    private static Task DescribePresence(OpenApiSchema schema, JsonTypeInfo type)
    {
        if (schema.Properties is { Count: > 0 } && !RequestTypes.Contains(type.Type))
        {
            schema.Required = type
                .Properties.Where(static property =>
                    property.AttributeProvider?.IsDefined(typeof(JsonIgnoreAttribute), inherit: true) != true
                )
                .Select(static property => property.Name)
                .Where(schema.Properties.ContainsKey)
                .ToHashSet();
        }

        return Task.CompletedTask;
    }

    /// <summary>Puts each description on one line.</summary>
    // It comes from a comment, and where its lines end is not part of the contract.
    private static Task JoinLines(OpenApiDocument document)
    {
        foreach (var schema in document.Components?.Schemas?.Values ?? [])
            JoinLines(schema);

        return Task.CompletedTask;
    }

    private static void JoinLines(IOpenApiSchema schema)
    {
        if (schema is OpenApiSchemaReference { Reference: var reference })
        {
            // The description that a reference does not have itself is that of its schema.
            reference.Description = JoinLines(reference.Description);
            return;
        }

        schema.Description = JoinLines(schema.Description);
        IEnumerable<IOpenApiSchema?> parts =
        [
            schema.Items,
            .. schema.Properties?.Values ?? [],
            .. schema.OneOf ?? [],
            .. schema.AnyOf ?? [],
        ];
        foreach (var part in parts.OfType<IOpenApiSchema>())
            JoinLines(part);
    }

    private static string? JoinLines(string? text) =>
        text is null ? null : string.Join(' ', text.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries));

    private static OpenApiParameter InPath(string name) =>
        new()
        {
            Name = name,
            In = ParameterLocation.Path,
            Required = true,
            Description = name is "workflow_id" or "nodetask_id"
                ? $"Percent-encoded, a '/' as %2F; or '-' with the id in the query parameter {name}, behind a "
                    + "proxy that decodes paths."
                : null,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        };

    private static OpenApiParameter InQuery(QueryParameter parameter) =>
        new()
        {
            Name = parameter.Name,
            In = ParameterLocation.Query,
            Description = parameter.Description,
            Schema = new OpenApiSchema { Type = parameter.IsNumber ? JsonSchemaType.Integer : JsonSchemaType.String },
        };
}

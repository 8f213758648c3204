using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Orleans.Workflow.Api.Security.Access;

namespace Orleans.Workflow.Api.OpenApi;

/// <summary>Describes who may use a route, as the routes themselves say it.</summary>
internal static class SecurityDescription
{
    private const string Key = "api_key";
    private const string Basic = "basic";
    private const string Bearer = "bearer";

    /// <summary>Describes how a credential is shown.</summary>
    public static Task DescribeSchemes(OpenApiDocument document)
    {
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Key] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Header,
                Name = ApiKeyHandler.HeaderName,
                Description = "An API key.",
            },
            [Bearer] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "An API key or a token of the configured issuer; for a webhook, a secret of the source.",
            },
            [Basic] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "basic",
                Description = "The same as the password, with any user name.",
            },
        };
        return Task.CompletedTask;
    }

    /// <summary>Describes who may use a route.</summary>
    public static Task DescribeAccess(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var isOfSenders = context.Description.ActionDescriptor.EndpointMetadata.OfType<IAllowAnonymous>().Any();
        string[] schemes = isOfSenders ? [Bearer, Basic] : [Key, Bearer, Basic];
        operation.Security =
        [
            .. schemes.Select(scheme => new OpenApiSecurityRequirement
            {
                [new OpenApiSecuritySchemeReference(scheme, context.Document)] = [],
            }),
        ];
        if (isOfSenders)
        {
            // The secret in the path, or none where the source asks for none.
            operation.Security.Add([]);
            return Task.CompletedTask;
        }

        operation.Responses ??= [];
        operation.Responses.TryAdd("401", Refusal("No valid key or token.", context.Document));
        operation.Responses.TryAdd("403", Refusal("The role does not allow it.", context.Document));
        return Task.CompletedTask;
    }

    private static OpenApiResponse Refusal(string description, OpenApiDocument? document) =>
        new()
        {
            Description = description,
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [Problem.ContentType] = new() { Schema = new OpenApiSchemaReference(nameof(Problem), document) },
            },
        };
}

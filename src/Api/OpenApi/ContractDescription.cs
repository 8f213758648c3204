using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.OpenApi;
using Orleans.Workflow.Api.Admin;
using Orleans.Workflow.Api.Json;
using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Grains.Explaining;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Interfaces.Persistence;

namespace Orleans.Workflow.Api.OpenApi;

/// <summary>Describes the contract as OpenAPI, so that it agrees with what is written and read.</summary>
internal static class ContractDescription
{
    /// <summary>Stands for any content type: the routes themselves refuse the wrong one, after they have seen who sends.</summary>
    public const string AnyType = "*/*";

    /// <summary>Adds the description.</summary>
    public static void AddContractDescription(this IServiceCollection services)
    {
        // Answers are written by ApiJson; these options are read by the description alone.
        services.ConfigureHttpJsonOptions(static json =>
        {
            var options = json.SerializerOptions;
            options.TypeInfoResolverChain.Insert(0, ApiJson.Default);
            options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            options.NumberHandling = JsonNumberHandling.Strict;
            options.Converters.Add(new RawJsonConverter());
            options.Converters.Add(new SnakeCaseEnumConverter<WorkflowPhase>());
            options.Converters.Add(new SnakeCaseEnumConverter<WorkflowOutcome>());
            options.Converters.Add(new SnakeCaseEnumConverter<ReceiptEffect>());
            options.Converters.Add(new SnakeCaseEnumConverter<AttentionReason>());
            options.Converters.Add(new SnakeCaseEnumConverter<ReceiptKind>());
            options.Converters.Add(new SnakeCaseEnumConverter<OverruledReason>());
            options.Converters.Add(new SnakeCaseEnumConverter<Rule>());
            options.Converters.Add(new SnakeCaseEnumConverter<RefoldState>());
        });
        services.AddOpenApi(static options => options
            .AddOperationTransformer(static (operation, context, _) => DescribeRequest(operation, context.Description))
            .AddSchemaTransformer(static (schema, _, _) => DescribeWords(schema)));
    }

    private static Task DescribeRequest(OpenApiOperation operation, ApiDescription description)
    {
        operation.RequestBody?.Content?.Remove(AnyType);
        operation.Parameters =
        [
            .. RoutePatternFactory.Parse(description.RelativePath!).Parameters.Select(static parameter => InPath(parameter.Name)),
            .. description.ActionDescriptor.EndpointMetadata.OfType<QueryParameter>().Select(InQuery),
        ];
        return Task.CompletedTask;
    }

    /// <summary>A schema is shared by where its words may be missing and where they may not; whoever may miss them says so beside it.</summary>
    private static Task DescribeWords(OpenApiSchema schema)
    {
        if (schema.Enum is { } words)
            schema.Enum = [.. words.Where(static word => word?.GetValueKind() == JsonValueKind.String)];

        return Task.CompletedTask;
    }

    private static OpenApiParameter InPath(string name) => new()
    {
        Name = name,
        In = ParameterLocation.Path,
        Required = true,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };

    private static OpenApiParameter InQuery(QueryParameter parameter) => new()
    {
        Name = parameter.Name,
        In = ParameterLocation.Query,
        Description = parameter.Description,
        Schema = new OpenApiSchema { Type = parameter.IsNumber ? JsonSchemaType.Integer : JsonSchemaType.String },
    };
}

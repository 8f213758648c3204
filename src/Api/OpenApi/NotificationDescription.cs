using System.Collections.Immutable;
using System.Net.Mime;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.OpenApi;
using Orleans.Workflow.Api.Webhooks;
using Orleans.Workflow.Grains.Notifications;

namespace Orleans.Workflow.Api.OpenApi;

/// <summary>Describes the webhooks as the table of the kinds of notification has them.</summary>
internal static class NotificationDescription
{
    /// <summary>The name of a webhook among the operations.</summary>
    /// <param name="kind">The kind that it takes; null for any.</param>
    public static string NameOf(NotificationKind? kind) =>
        kind is null
            ? "Notification"
            : string.Concat(kind.Path.Split('-').Select(static word => char.ToUpperInvariant(word[0]) + word[1..]));

    /// <summary>The summary of a webhook.</summary>
    /// <param name="kind">The kind that it takes; null for any.</param>
    public static string SummaryOf(NotificationKind? kind) =>
        kind is null ? "Takes any notification of AI Rudder" : $"Takes a {kind.Title} notification of AI Rudder";

    /// <summary>The description of a webhook.</summary>
    /// <param name="kind">The kind that it takes; null for any.</param>
    public static string Of(NotificationKind? kind) =>
        kind switch
        {
            null =>
                "The fields that each kind must have say which it is. What fits none, or several, is refused, or kept "
                    + "if the source is configured so; so is a kind that is documented by its title only. "
                    + $"{Durable} The header X-Workflow-Version is there for a status change.",
            { Fact: null } => "Answers 200 only when the notification is folded and durable. The headers X-Receipt-Id, "
                + "X-Effect and X-Workflow-Version say what it did.",
            _ => $"{HowDocumented(kind)} Fields beyond those described are taken too. {Durable}",
        };

    /// <summary>Describes the body that a webhook takes.</summary>
    /// <param name="route">The route.</param>
    /// <param name="kind">The kind that it takes; null for any.</param>
    public static RouteHandlerBuilder TakesNotification(this RouteHandlerBuilder route, NotificationKind? kind) =>
        (
            kind == NotificationKinds.StatusChange
                ? route.Accepts<VendorNotification>(MediaTypeNames.Application.Json, ContractDescription.AnyType)
                : route.Accepts<object>(MediaTypeNames.Application.Json, ContractDescription.AnyType)
        ).WithMetadata(new NotificationBody(kind));

    /// <summary>Puts the fields and examples into the description of the body of a notification.</summary>
    public static Task DescribeBody(OpenApiOperation operation, ApiDescription description)
    {
        if (description.ActionDescriptor.EndpointMetadata.OfType<NotificationBody>().SingleOrDefault() is not { } body)
            return Task.CompletedTask;

        var content = operation.RequestBody!.Content![MediaTypeNames.Application.Json];
        if (body.Kind is not { } kind)
        {
            content.Schema = SchemaOf([]);
            content.Examples = NotificationKinds.All.ToDictionary(
                static one => one.Name,
                static IOpenApiExample (one) => new OpenApiExample { Summary = one.Title, Value = ExampleOf(one) }
            );
            return Task.CompletedTask;
        }

        content.Example = ExampleOf(kind);
        if (kind.Fact is not null)
            content.Schema = SchemaOf(kind.Required);

        return Task.CompletedTask;
    }

    private const string Durable =
        "Answers 200 only when the notification is durable. The headers X-Receipt-Id and X-Effect say what it did.";

    private static string HowDocumented(NotificationKind kind) =>
        kind.Documentation switch
        {
            Documentation.Documented => "The vendor documents the body.",
            Documentation.Partly => "The vendor documents a part of the body, or it was observed in use.",
            _ => "The vendor documents the title only; the example is an assumption.",
        };

    private static OpenApiSchema SchemaOf(ImmutableArray<RequiredField> fields) =>
        new()
        {
            Type = JsonSchemaType.Object,
            Properties = fields.ToDictionary(
                static field => field.Name,
                static IOpenApiSchema (field) => SchemaOf(field)
            ),
            Required = fields.Select(static field => field.Name).ToHashSet(),
        };

    private static OpenApiSchema SchemaOf(RequiredField field) =>
        field.Type switch
        {
            FieldType.Nested => SchemaOf(field.Fields),
            FieldType.Entries => new OpenApiSchema { Type = JsonSchemaType.Array, Items = SchemaOf([]) },
            FieldType.WholeNumber => new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int64" },
            _ => new OpenApiSchema { Type = JsonSchemaType.String },
        };

    private static JsonNode? ExampleOf(NotificationKind kind)
    {
        var name = $"examples/{kind.Name.Replace('_', '-')}.json";
        using var stream = typeof(NotificationDescription).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The program lacks its part {name}.");
        return JsonNode.Parse(stream);
    }

    /// <summary>Which notification a route takes.</summary>
    /// <param name="Kind">The kind; null for any.</param>
    private sealed record NotificationBody(NotificationKind? Kind);
}

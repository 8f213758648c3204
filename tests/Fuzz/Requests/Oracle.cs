using System.Text.Json;
using System.Text.Unicode;

namespace Orleans.Workflow.Fuzz.Tests.Requests;

/// <summary>
/// Says whether a body is a notification, by the contract and without the product's reader: over a parsed document, where the product
/// reads in one pass.
/// </summary>
internal static class Oracle
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    /// <summary>Whether the contract accepts a body.</summary>
    public static bool Accepts(ReadOnlyMemory<byte> body)
    {
        if (!Utf8.IsValid(body.Span))
            return false;

        if (body.Span.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
            body = body[3..];

        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            return IsSound(document.RootElement) && IsNotification(document.RootElement);
        }
        catch (JsonException)
        {
            return false;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair.
            return false;
        }
    }

    private static bool IsNotification(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object
        && Required(root, "workflow_id", 128) is { } id && id is not ("." or "..")
        && Text(root, "workflow_name", 1024) is not null
        && Required(root, "status", 256) is not null
        && root.TryGetProperty("actions", out var actions)
        && actions.ValueKind == JsonValueKind.Array
        && actions.GetArrayLength() <= 10_000
        && actions.EnumerateArray().All(IsAction);

    private static bool IsAction(JsonElement action) =>
        action.ValueKind == JsonValueKind.Object
        && Required(action, "nodetask_id", 128) is not null
        && Text(action, "nodetask_name", 1024) is not null
        && Text(action, "node_type", 1024) is not null
        && IsOptional(action, "task_id", 128)
        && IsOptional(action, "task_status", 256);

    private static string? Text(JsonElement element, string name, int longest) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { } text && text.Length <= longest
            ? text
            : null;

    private static string? Required(JsonElement element, string name, int longest) =>
        Text(element, name, longest) is { } text && !string.IsNullOrWhiteSpace(text) ? text : null;

    private static bool IsOptional(JsonElement element, string name, int longest) =>
        !element.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null || Text(element, name, longest) is not null;

    /// <summary>Whether every string in it, names included, can be stored: reading half a surrogate pair throws.</summary>
    private static bool IsSound(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => !element.GetString()!.Contains('\0'),
        JsonValueKind.Array => element.EnumerateArray().All(IsSound),
        JsonValueKind.Object => element.EnumerateObject().All(static property => !property.Name.Contains('\0') && IsSound(property.Value)),
        _ => true,
    };
}

using System.Text.Json;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace Orleans.Workflow.Fuzz.Tests.Requests;

/// <summary>
/// Says whether a body is a notification, by the contract and without the product's reader: over a parsed document,
/// where the product reads in one pass.
/// </summary>
internal static class Oracle
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32 };

    private static readonly string[] OfNotification = ["workflow_id", "workflow_name", "status", "actions"];
    private static readonly string[] OfAction = ["nodetask_id", "nodetask_name", "node_type", "task_id", "task_status"];

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
            return IsNotification(document.RootElement);
        }
        catch (JsonException)
        {
            return false;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair in an id or a status.
            return false;
        }
    }

    private static bool IsNotification(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object
        && HasNoneTwice(root, OfNotification)
        && Required(root, "workflow_id", 128) is { } id
        && id is not ("." or "..")
        && IsLabel(root, "workflow_name")
        && Required(root, "status", 256) is not null
        && Find(root, "actions") is { ValueKind: JsonValueKind.Array } actions
        && actions.GetArrayLength() <= 10_000
        && actions.EnumerateArray().All(IsAction);

    private static bool IsAction(JsonElement action) =>
        action.ValueKind == JsonValueKind.Object
        && HasNoneTwice(action, OfAction)
        && Required(action, "nodetask_id", 128) is not null
        && IsLabel(action, "nodetask_name")
        && IsLabel(action, "node_type")
        && IsOptional(action, "task_id", 128)
        && IsOptional(action, "task_status", 256);

    private static string? Text(JsonElement element, string name, int longest) =>
        Find(element, name) switch
        {
            { ValueKind: JsonValueKind.Number } number when number.GetRawText().Length <= longest =>
                number.GetRawText(),
            { ValueKind: JsonValueKind.String } value
                when value.GetString() is { } text && text.Length <= longest && !text.Contains('\0') => text,
            _ => null,
        };

    private static string? Required(JsonElement element, string name, int longest) =>
        Text(element, name, longest) is { } text && !string.IsNullOrWhiteSpace(text) ? text : null;

    private static bool IsOptional(JsonElement element, string name, int longest) =>
        Find(element, name) is null or { ValueKind: JsonValueKind.Null } || Text(element, name, longest) is not null;

    /// <summary>A label may be missing or null, and hold halves of surrogate pairs.</summary>
    private static bool IsLabel(JsonElement element, string name)
    {
        try
        {
            return IsOptional(element, name, 1024);
        }
        catch (InvalidOperationException)
        {
            var raw = Find(element, name)!.Value.GetRawText()[1..^1];
            return Regex.Replace(raw, @"\\(u[0-9a-fA-F]{4}|.)", "x").Length <= 1024
                && !Regex.IsMatch(raw, @"(?<!\\)(\\\\)*\\u0000");
        }
    }

    private static bool HasNoneTwice(JsonElement element, string[] known) =>
        element
            .EnumerateObject()
            .Select(NameOf)
            .Where(known.Contains)
            .GroupBy(static name => name)
            .All(static same => same.Count() == 1);

    private static JsonElement? Find(JsonElement element, string name)
    {
        foreach (var property in element.EnumerateObject())
        {
            if (NameOf(property) == name)
                return property.Value;
        }

        return null;
    }

    /// <summary>The name of a property; null if it holds half a surrogate pair, so that no reader accepts it.</summary>
    private static string? NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}

using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Testing.Campaigns;

/// <summary>
/// How the vendor might write that an entry has no <c>task_id</c> or <c>task_status</c>. Only the first is documented.
/// </summary>
public enum AbsentAs
{
    /// <summary>The field is left out.</summary>
    Omitted,

    /// <summary>The field is null.</summary>
    Null,

    /// <summary>The field is the empty string.</summary>
    Empty,

    /// <summary>The field holds blanks only.</summary>
    Blank,
}

/// <summary>
/// Writes a notification as the vendor's <c>status-change</c> body, and reads one without the product's own reader.
/// </summary>
public static class VendorJson
{
    // The vendor writes UTF-8, not escapes.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a notification.</summary>
    /// <param name="notification">What is said. Its strings must be valid UTF-16.</param>
    /// <param name="absent">How absent optional fields are written.</param>
    public static byte[] Write(StatusChange notification, AbsentAs absent = AbsentAs.Omitted)
    {
        ArgumentNullException.ThrowIfNull(notification);
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("workflow_id", notification.WorkflowId);
            json.WriteString("workflow_name", notification.WorkflowName);
            json.WriteString("status", notification.Status);
            json.WriteStartArray("actions");
            foreach (var entry in notification.Actions)
                Write(json, entry, absent);

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>
    /// Reads a body that is a notification. An optional string that is null, empty or blank is absent.
    /// </summary>
    public static StatusChange Read(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        var root = document.RootElement;
        return new StatusChange(
            Required(root, "workflow_id"),
            Label(root, "workflow_name"),
            Required(root, "status"),
            Find(root, "actions")!.Value.EnumerateArray().Select(Entry).ToImmutableArray()
        );
    }

    private static StatusChangeAction Entry(JsonElement entry) =>
        new(
            Required(entry, "nodetask_id"),
            Label(entry, "nodetask_name"),
            Label(entry, "node_type"),
            Optional(entry, "task_id"),
            Optional(entry, "task_status")
        );

    private static string Required(JsonElement element, string field) => Text(Find(element, field)!.Value)!;

    private static string? Optional(JsonElement element, string field) =>
        Find(element, field) is { } value && Text(value) is { } text && !string.IsNullOrWhiteSpace(text) ? text : null;

    private static string? Label(JsonElement element, string field) =>
        Find(element, field) is { } value ? Text(value) : null;

    /// <summary>A string, or a number as its exact text. Halves of surrogate pairs are replaced.</summary>
    private static string? Text(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Number)
            return value.GetRawText();

        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            // Encoded, a half becomes U+FFFD.
            var text = Regex.Replace(
                value.GetRawText()[1..^1],
                @"\\(u(?<code>[0-9a-fA-F]{4})|(?<sign>.))",
                static escape =>
                    escape.Groups["sign"].Value switch
                    {
                        "" => ((char)Convert.ToInt32(escape.Groups["code"].Value, 16)).ToString(),
                        "b" => "\b",
                        "f" => "\f",
                        "n" => "\n",
                        "r" => "\r",
                        "t" => "\t",
                        var sign => sign,
                    }
            );
            return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        }
    }

    /// <summary>The value of a field; names that hold half a surrogate pair are passed over.</summary>
    private static JsonElement? Find(JsonElement element, string field)
    {
        foreach (var property in element.EnumerateObject())
        {
            try
            {
                if (property.NameEquals(field))
                    return property.Value;
            }
            catch (InvalidOperationException) { }
        }

        return null;
    }

    private static void Write(Utf8JsonWriter json, in StatusChangeAction entry, AbsentAs absent)
    {
        json.WriteStartObject();
        json.WriteString("nodetask_id", entry.NodeTaskId);
        json.WriteString("nodetask_name", entry.NodeTaskName);
        json.WriteString("node_type", entry.NodeType);
        WriteOptional(json, "task_id", entry.TaskId, absent);
        WriteOptional(json, "task_status", entry.TaskStatus, absent);
        json.WriteEndObject();
    }

    private static void WriteOptional(Utf8JsonWriter json, string field, string? value, AbsentAs absent)
    {
        switch (value, absent)
        {
            case ({ } present, _):
                json.WriteString(field, present);
                break;
            case (null, AbsentAs.Null):
                json.WriteNull(field);
                break;
            case (null, AbsentAs.Empty):
                json.WriteString(field, "");
                break;
            case (null, AbsentAs.Blank):
                json.WriteString(field, " \t");
                break;
            default:
                break;
        }
    }
}

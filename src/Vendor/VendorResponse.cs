using System.Text.Json;

namespace Orleans.Workflow.Vendor;

/// <summary>
/// An answer of the vendor. Little is documented of most of them, so all of it is here as JSON.
/// </summary>
public sealed class VendorResponse
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private VendorResponse(int code, JsonElement json) => (Code, Json) = (code, json);

    /// <summary>The code; which one is success depends on the path.</summary>
    public int Code { get; }

    /// <summary>The whole answer.</summary>
    public JsonElement Json { get; }

    /// <summary>What the vendor says about it; null if it says nothing.</summary>
    public string? Message => Text(Json, "message");

    /// <summary>The field <c>data</c>; null if there is none.</summary>
    public JsonElement? Data => Json.TryGetProperty("data", out var data) ? data : null;

    /// <summary>A text or a number in the field <c>data</c>, as text; null if there is none.</summary>
    public string? DataText(string name) => Data is { ValueKind: JsonValueKind.Object } data ? Text(data, name) : null;

    /// <summary>Reads an answer; null if it is not a JSON object with a code.</summary>
    internal static VendorResponse? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            return
                document.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("code", out var code)
                && code.ValueKind == JsonValueKind.Number
                && code.TryGetInt32(out var number)
                ? new VendorResponse(number, root.Clone())
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out var value))
            return null;

        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number => value.GetRawText(),
                _ => null,
            };
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair is no text.
            return null;
        }
    }
}

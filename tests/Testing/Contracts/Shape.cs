using System.Collections.Frozen;
using System.Text;
using System.Text.Json;

namespace Orleans.Workflow.Testing.Contracts;

/// <summary>
/// What a schema can see of a body: names, types, the words of enums, and whether texts are times or UUIDs. Two bodies
/// of one shape both fit a schema, or neither does, so that one of them need be compared.
/// </summary>
/// <param name="words">The words of all enums.</param>
internal sealed class Shape(FrozenSet<string> words)
{
    /// <summary>The shape of a body. Items of a list count once for each shape among them.</summary>
    public string Of(JsonElement body) =>
        body.ValueKind switch
        {
            JsonValueKind.Object => $"{{{string.Join(',', body.EnumerateObject().Select(OfProperty))}}}",
            JsonValueKind.Array => $"[{string.Join(',', body.EnumerateArray().Select(Of).Distinct())}]",
            JsonValueKind.String => OfText(body),
            JsonValueKind.Number => body.TryGetInt32(out _) ? "int32"
            : body.TryGetInt64(out _) ? "int64"
            : "number",
            _ => body.GetRawText(),
        };

    // Names as they were written, for the same reason as texts.
    private string OfProperty(JsonProperty property) =>
        $"{property.ToString()[..^property.Value.GetRawText().Length]}{Of(property.Value)}";

    private string OfText(JsonElement body)
    {
        // As it was written: an escaped half of a surrogate pair is no text, but may be in a body that is passed on.
        var text = body.GetRawText();
        if (text.Contains('\\', StringComparison.Ordinal))
            return "text";

        if (words.Contains(text[1..^1]))
            return text;

        // Of a time every digit is as good as another: that it is one has been seen.
        return body.TryGetDateTimeOffset(out _) ? Digits(text)
            : body.TryGetGuid(out _) ? "uuid"
            : "text";
    }

    private static string Digits(string text)
    {
        var shape = new StringBuilder(text);
        for (var index = 0; index < shape.Length; index++)
        {
            if (char.IsAsciiDigit(shape[index]))
                shape[index] = '0';
        }

        return shape.ToString();
    }
}

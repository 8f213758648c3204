using System.Buffers.Text;
using System.Text;

namespace Orleans.Workflow.Api.Queries;

/// <summary>The place where a page begins, as an opaque text for URLs.</summary>
internal static class Cursor
{
    private const char Separator = '\n';

    /// <summary>Writes a place.</summary>
    /// <param name="kind">What list and order it belongs to.</param>
    /// <param name="parts">The place; all but the last without line breaks.</param>
    public static string Write(string kind, params ReadOnlySpan<string> parts) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(kind + Separator + string.Join(Separator, parts.ToArray())));

    /// <summary>Reads a place; null if there is none, or if the text was not written for this list and order, which is an error.</summary>
    public static string[]? Read(QueryParameters parameters, string kind, int parts)
    {
        if (parameters.Text("cursor") is not { } text)
            return null;

        if (Base64Url.IsValid(text))
        {
            var read = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split(Separator, parts + 1);
            if (read.Length == parts + 1 && read[0] == kind)
                return read[1..];
        }

        parameters.Wrong("cursor", text, "the next_cursor of the page before, with the same filters and the same order");
        return null;
    }
}

using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Orleans.Workflow.Api.Queries;

/// <summary>
/// The place where a page begins, as an opaque text for URLs. Whatever was not written here is an error, never the
/// first page.
/// </summary>
internal static class Cursor
{
    /// <summary>In no part: no stored text holds it.</summary>
    private const char Separator = '\0';

    /// <summary>A name and an id of the greatest length, in characters of three bytes.</summary>
    private const int MaxLength = 8 * 1024;

    private const string Expected = "the next_cursor of the page before, with the same filters and the same order";

    /// <summary>More than any sequence number or time, and far from where a sum overflows.</summary>
    private const long MaxNumber = 1L << 53;

    private static readonly UTF8Encoding StrictUtf8 = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    /// <summary>
    /// Names what a place belongs to: a list and its order, and whatever decides what is on it, as a hash.
    /// </summary>
    /// <param name="list">The list and its order.</param>
    /// <param name="scope">The filters and ids.</param>
    public static string Kind(string list, params IEnumerable<string?> scope)
    {
        // Null and a text are never alike, and no two texts run into one.
        var text = string.Concat(scope.Select(static part => part is null ? "-" : $"{part.Length}:{part}"));
        return $"{list}.{Base64Url.EncodeToString(SHA256.HashData(Encoding.Unicode.GetBytes(text)).AsSpan(0, 9))}";
    }

    /// <summary>Writes a place.</summary>
    /// <param name="kind">What it belongs to.</param>
    /// <param name="parts">The place.</param>
    public static string Write(string kind, params ReadOnlySpan<string> parts) =>
        Base64Url.EncodeToString(StrictUtf8.GetBytes(kind + Separator + string.Join(Separator, parts)));

    /// <summary>
    /// Reads a place; null if there is none, or if the text was not written for this list, order and scope, which is an
    /// error.
    /// </summary>
    public static string[]? Read(QueryParameters parameters, string kind, int parts)
    {
        if (parameters.Text("cursor", MaxLength) is not { } text)
            return null;

        if (Decode(text) is [var ofKind, .. var place] && ofKind == kind && place.Length == parts)
            return place;

        parameters.Wrong("cursor", text, Expected);
        return null;
    }

    /// <summary>Reads a place that is made of numbers.</summary>
    public static long[]? ReadNumbers(QueryParameters parameters, string kind, int parts)
    {
        if (Read(parameters, kind, parts) is not { } place)
            return null;

        var numbers = new long[parts];
        for (var i = 0; i < parts; i++)
        {
            if (Number(parameters, place[i]) is not { } number)
                return null;

            numbers[i] = number;
        }

        return numbers;
    }

    /// <summary>A part of a place as a number; null if it is none, which is an error.</summary>
    public static long? Number(QueryParameters parameters, string part)
    {
        if (long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= MaxNumber)
            return number;

        parameters.Wrong("cursor", part, Expected);
        return null;
    }

    /// <summary>The parts of a text; null if it is not one of ours.</summary>
    private static string[]? Decode(string text)
    {
        try
        {
            return Base64Url.IsValid(text)
                ? StrictUtf8.GetString(Base64Url.DecodeFromChars(text)).Split(Separator)
                : null;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}

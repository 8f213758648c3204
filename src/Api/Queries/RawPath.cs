using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace Orleans.Workflow.Api.Queries;

/// <summary>
/// Ids from the path as it was sent. Route values leave <c>%2F</c> as it is, so they cannot distinguish the ids
/// <c>a/b</c> and <c>a%2Fb</c>.
/// </summary>
internal static class RawPath
{
    /// <summary>The segment of a path whose id is in the query.</summary>
    private const string InQuery = "-";

    private static readonly UTF8Encoding StrictUtf8 = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    /// <summary>
    /// An id that a request names: in a segment of its path, or, if that is <c>-</c>, in the query parameter of its
    /// name. Proxies that decode paths break an id with a slash; a query they leave alone.
    /// </summary>
    /// <returns>The id; empty if there is none, which is noted as an error of the parameters.</returns>
    /// <param name="context">The request.</param>
    /// <param name="parameters">Its parameters, which know the name.</param>
    /// <param name="index">Where in the path the id is, from 0.</param>
    /// <param name="name">The name of the id.</param>
    public static string Id(HttpContext context, QueryParameters parameters, int index, string name)
    {
        var segment = Segment(context, index);
        if (parameters.Text(name) is { } inQuery)
        {
            if (segment != InQuery)
                parameters.Wrong(
                    name,
                    inQuery,
                    $"with '{InQuery}' in the place of the {name} in the path, which it replaces"
                );

            return inQuery;
        }

        if (segment is not { Length: > 0 })
            parameters.Note(Problem.BadId(name));

        return segment ?? string.Empty;
    }

    /// <summary>The decoded text of a segment, from 0; null if it is not percent-encoded UTF-8.</summary>
    public static string? Segment(HttpContext context, int index) =>
        Segment(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, index);

    /// <summary>
    /// The decoded text of a segment of a request's target, from 0; null if it is not percent-encoded UTF-8.
    /// </summary>
    public static string? Segment(ReadOnlySpan<char> target, int index)
    {
        var path = PathOf(target);
        var place = 0;
        foreach (var range in path.Split('/'))
        {
            // Nothing is before the first slash.
            if (place++ == index + 1)
                return Decode(path[range]);
        }

        return null;
    }

    /// <summary>
    /// The path of a request's target, as it was sent: without the query, and without what the absolute form begins
    /// with.
    /// </summary>
    public static ReadOnlySpan<char> PathOf(ReadOnlySpan<char> target)
    {
        var query = target.IndexOf('?');
        if (query >= 0)
            target = target[..query];

        // The absolute form, which proxies send.
        var scheme = target.IndexOf("://", StringComparison.Ordinal);
        if (scheme > 0 && !target[..scheme].Contains('/'))
            target = target[(scheme + 3)..] is var rest && rest.IndexOf('/') is >= 0 and var slash ? rest[slash..] : [];

        return target;
    }

    /// <summary>The decoded text of a segment; null if it is not percent-encoded UTF-8.</summary>
    public static string? Decode(ReadOnlySpan<char> segment)
    {
        if (!segment.Contains('%'))
            return segment.ToString();

        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(segment.Length)];
        var count = 0;
        for (var i = 0; i < segment.Length; i++)
        {
            if (segment[i] != '%')
                count += Encoding.UTF8.GetBytes(segment.Slice(i, 1), bytes.AsSpan(count));
            else if (
                i + 2 < segment.Length
                && char.IsAsciiHexDigit(segment[i + 1])
                && char.IsAsciiHexDigit(segment[i + 2])
            )
                bytes[count++] = Convert.FromHexString(segment.Slice(i + 1, 2))[0];
            else
                return null;

            if (segment[i] == '%')
                i += 2;
        }

        try
        {
            return StrictUtf8.GetString(bytes, 0, count);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}

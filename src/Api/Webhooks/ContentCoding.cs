using System.IO.Compression;
using Microsoft.Extensions.Primitives;

namespace Orleans.Workflow.Api.Webhooks;

/// <summary>
/// Decodes a body that was sent compressed. Everything behind it, what is stored included, sees the decoded bytes.
/// </summary>
internal static class ContentCoding
{
    /// <summary>The codings that are taken, as the header <c>Accept-Encoding</c> has them.</summary>
    public const string Taken = "gzip, deflate, br";

    private const int Piece = 16 * 1024;

    /// <summary>
    /// The decoded body; null with the problem if the coding is not taken, the bytes are not of it, or there are too
    /// many of them.
    /// </summary>
    /// <param name="body">The body as it was sent.</param>
    /// <param name="contentEncoding">The header <c>Content-Encoding</c>.</param>
    /// <param name="limit">How many bytes it may have once decoded. It is decoded no further than that.</param>
    public static (byte[]? Body, Problem? Problem) Decode(byte[] body, StringValues contentEncoding, int limit)
    {
        var coding = contentEncoding.ToString().Trim().ToLowerInvariant();
        if (coding is "" or "identity")
            return (body, null);

        using var decoder = Open(coding, new MemoryStream(body, writable: false));
        if (decoder is null)
            return (null, Problem.UnsupportedCoding(Taken));

        try
        {
            return ReadAll(decoder, limit) is { } decoded ? (decoded, null) : (null, Problem.TooLarge(limit));
        }
        catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException or IOException)
        {
            return (
                null,
                Problem.BadRequest(
                    $"The header Content-Encoding says {coding}, and the body is not {coding}, or not all of it."
                )
            );
        }
    }

    private static Stream? Open(string coding, Stream body) =>
        coding switch
        {
            "gzip" or "x-gzip" => new GZipStream(body, CompressionMode.Decompress),

            // What HTTP calls deflate is the zlib format (RFC 9110, 8.4.1.2).
            "deflate" => new ZLibStream(body, CompressionMode.Decompress),
            "br" => new BrotliStream(body, CompressionMode.Decompress),
            _ => null,
        };

    /// <summary>All bytes of a stream; null if there are more than the limit.</summary>
    private static byte[]? ReadAll(Stream stream, int limit)
    {
        using var decoded = new MemoryStream();
        var piece = new byte[Piece];
        while (stream.Read(piece) is > 0 and var count)
        {
            if (decoded.Length + count > limit)
                return null;

            decoded.Write(piece, 0, count);
        }

        return decoded.ToArray();
    }
}

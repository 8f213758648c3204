using System.IO.Compression;

namespace Orleans.Workflow.Fuzz.Tests.Requests;

/// <summary>Compresses bodies as senders do.</summary>
internal static class ContentCodings
{
    /// <summary>Whether the contract takes a coding.</summary>
    public static bool IsTaken(string coding) => coding is "gzip" or "x-gzip" or "deflate" or "br" or "identity";

    /// <summary>The body in a coding; of an unknown one as it is.</summary>
    public static byte[] Encode(byte[] body, string coding)
    {
        using var encoded = new MemoryStream();
        using (var encoder = Open(coding, encoded))
        {
            if (encoder is null)
                return body;

            encoder.Write(body);
        }

        return encoded.ToArray();
    }

    private static Stream? Open(string coding, MemoryStream to) =>
        coding switch
        {
            "gzip" or "x-gzip" => new GZipStream(to, CompressionLevel.Fastest, leaveOpen: true),
            "deflate" => new ZLibStream(to, CompressionLevel.Fastest, leaveOpen: true),
            "br" => new BrotliStream(to, CompressionLevel.Fastest, leaveOpen: true),
            _ => null,
        };
}

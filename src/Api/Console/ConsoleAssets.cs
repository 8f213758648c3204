using System.Collections.Frozen;
using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Orleans.Workflow.Api.Console;

/// <summary>
/// The console's own style, script and icon. They are part of the program, so that they are there however it was
/// started; their address holds their hash, so that a browser may keep them for good.
/// </summary>
internal static class ConsoleAssets
{
    private const string Forever = "public, max-age=31536000, immutable";

    private static readonly FrozenDictionary<string, string> Types = new Dictionary<string, string>
    {
        ["console.css"] = "text/css; charset=utf-8",
        ["pages.css"] = "text/css; charset=utf-8",
        ["console.js"] = "text/javascript; charset=utf-8",
        ["follower.js"] = "text/javascript; charset=utf-8",
        ["icon.svg"] = "image/svg+xml",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, Asset> All = Types.ToFrozenDictionary(
        static type => type.Key,
        static type => Asset.Read(type.Key, type.Value),
        StringComparer.Ordinal
    );

    /// <summary>The address of an asset.</summary>
    public static string Url(string name) => $"/console/assets/{All[name].Hash}/{name}";

    /// <summary>Answers with an asset.</summary>
    public static IResult Get(HttpContext context, string name)
    {
        if (!All.TryGetValue(name, out var asset))
            return Results.NotFound();

        var headers = context.Response.Headers;
        headers.CacheControl = Forever;
        headers.Vary = HeaderNames.AcceptEncoding;
        var brotli = context.Request.Headers.AcceptEncoding.ToString().Contains("br", StringComparison.Ordinal);
        if (brotli)
            headers.ContentEncoding = "br";

        return Results.Bytes(
            brotli ? asset.Brotli : asset.Plain,
            asset.Type,
            entityTag: new EntityTagHeaderValue($"\"{asset.Hash}{(brotli ? "-br" : string.Empty)}\"")
        );
    }

    private sealed record Asset(string Type, string Hash, byte[] Plain, byte[] Brotli)
    {
        public static Asset Read(string name, string type)
        {
            using var stream = typeof(ConsoleAssets).Assembly.GetManifestResourceStream($"console/{name}")
                ?? throw new InvalidOperationException($"The program lacks its part console/{name}.");
            using var plain = new MemoryStream();
            stream.CopyTo(plain);
            var bytes = plain.ToArray();
            return new Asset(
                type,
                Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8)),
                bytes,
                Compress(bytes)
            );
        }

        private static byte[] Compress(byte[] bytes)
        {
            using var compressed = new MemoryStream();
            using (var brotli = new BrotliStream(compressed, CompressionLevel.SmallestSize))
                brotli.Write(bytes);

            return compressed.ToArray();
        }
    }
}

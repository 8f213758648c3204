using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Orleans.Workflow.Api.Security;

/// <summary>
/// The secrets of one owner: any of them will do, two of them during rotation. Only their hashes are kept.
/// </summary>
/// <param name="secrets">The secrets.</param>
internal sealed class SecretSet(ImmutableArray<string> secrets)
{
    /// <summary>How many secrets may be valid at once.</summary>
    public const int MaxCount = 2;

    /// <summary>The fewest characters of a secret.</summary>
    public const int MinLength = 16;

    /// <summary>The most characters of a secret.</summary>
    public const int MaxLength = 256;

    /// <summary>How many bytes a hash has.</summary>
    public const int HashSize = SHA256.HashSizeInBytes;

    private static readonly byte[] HashOfNothing = SHA256.HashData([]);

    // Random bytes take the place of a missing secret, so that the same number is compared for every owner.
    private readonly byte[][] _hashes =
    [
        .. secrets.Take(MaxCount).Select(HashOf),
        .. Enumerable
            .Range(0, Math.Max(0, MaxCount - secrets.Length))
            .Select(static _ => RandomNumberGenerator.GetBytes(HashSize)),
    ];

    /// <summary>How many secrets there are.</summary>
    public int Count { get; } = secrets.Length;

    /// <summary>Hashes a secret as it was presented.</summary>
    public static void Hash(ReadOnlySpan<char> secret, Span<byte> hash)
    {
        if (secret.IsEmpty)
        {
            HashOfNothing.CopyTo(hash);
            return;
        }

        Span<byte> bytes = stackalloc byte[MaxLength * 3];
        var count = secret.Length <= MaxLength ? Encoding.UTF8.GetBytes(secret, bytes) : 0;
        SHA256.HashData(bytes[..count], hash);
    }

    /// <summary>
    /// Which secret it is, from 0; -1 if it is none. Takes the same time whatever is wrong: hashes are compared, and
    /// all of them.
    /// </summary>
    public int Find(ReadOnlySpan<byte> hash)
    {
        var found = -1;
        for (var i = 0; i < _hashes.Length; i++)
        {
            if (CryptographicOperations.FixedTimeEquals(_hashes[i], hash))
                found = i;
        }

        return found;
    }

    private static byte[] HashOf(string secret)
    {
        var hash = new byte[HashSize];
        Hash(secret, hash);
        return hash;
    }
}

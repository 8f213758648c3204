using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Orleans.Workflow.Api.Webhooks;

/// <summary>
/// Ids of receipts: UUIDs of version 7 (RFC 9562), as of <see cref="Guid.CreateVersion7(DateTimeOffset)"/>, which asks
/// the system for random bytes each time. A call of the system for each notification is more than the rest of its id:
/// here it is one for a hundred.
/// </summary>
internal static class ReceiptIds
{
    private const int RandomOfId = 10;

    [ThreadStatic]
    private static byte[]? _random;

    [ThreadStatic]
    private static int _used;

    /// <summary>Makes an id.</summary>
    /// <param name="now">The time that it begins with, in milliseconds.</param>
    public static Guid New(DateTimeOffset now)
    {
        if (_random is null || _used == _random.Length)
        {
            _random ??= new byte[100 * RandomOfId];
            RandomNumberGenerator.Fill(_random);
            _used = 0;
        }

        Span<byte> id = stackalloc byte[6 + RandomOfId];
        BinaryPrimitives.WriteInt64BigEndian(id, now.ToUnixTimeMilliseconds() << 16);
        _random.AsSpan(_used, RandomOfId).CopyTo(id[6..]);
        _used += RandomOfId;

        // The version and the variant take the place of six of the random bits.
        id[6] = (byte)((id[6] & 0x0F) | 0x70);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new Guid(id, bigEndian: true);
    }
}

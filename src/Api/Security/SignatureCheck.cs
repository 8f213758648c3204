using System.Buffers;
using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Orleans.Workflow.Api.Security;

/// <summary>Checks the signature of a body: its HMAC under one of the secrets of its source.</summary>
/// <param name="hash">The hash of the HMAC.</param>
/// <param name="encoding">How a signature is written.</param>
/// <param name="keys">The secrets; any of them will do.</param>
internal sealed class SignatureCheck(HashAlgorithmName hash, SignatureEncoding encoding, ImmutableArray<byte[]> keys)
{
    private const int MaxHashSize = SHA512.HashSizeInBytes;

    private readonly int _size = CryptographicOperations.HmacData(hash, [], []).Length;

    /// <summary>
    /// Whether a body has a signature. Takes the same time wherever a signature differs: whole hashes are compared,
    /// with those of all secrets.
    /// </summary>
    public bool IsSigned(ReadOnlySpan<byte> body, ReadOnlySpan<char> signature)
    {
        Span<byte> sent = stackalloc byte[MaxHashSize];
        sent = sent[.._size];
        if (!TryDecode(signature, sent))
            return false;

        var isSigned = false;
        Span<byte> expected = stackalloc byte[MaxHashSize];
        foreach (var key in keys)
        {
            CryptographicOperations.HmacData(hash, key, body, expected);
            isSigned |= CryptographicOperations.FixedTimeEquals(expected[.._size], sent);
        }

        return isSigned;
    }

    private bool TryDecode(ReadOnlySpan<char> signature, Span<byte> bytes)
    {
        if (encoding == SignatureEncoding.Hex)
            return signature.Length == bytes.Length * 2
                && Convert.FromHexString(signature, bytes, out _, out _) == OperationStatus.Done;

        Span<byte> text = stackalloc byte[Base64.GetMaxEncodedToUtf8Length(MaxHashSize)];
        text = text[..Base64.GetMaxEncodedToUtf8Length(bytes.Length)];
        return signature.Length == text.Length
            && Ascii.FromUtf16(signature, text, out _) == OperationStatus.Done
            && Base64.DecodeFromUtf8(text, bytes, out _, out var count) == OperationStatus.Done
            && count == bytes.Length;
    }
}

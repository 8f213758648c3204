using System.Buffers.Text;

namespace Orleans.Workflow.Api.Security;

/// <summary>Reads the secret in the header <c>Authorization</c> without making a copy of it.</summary>
internal static class AuthorizationHeader
{
    /// <summary>
    /// The hash of the secret, and how it is presented; null, and the hash of nothing, if there is none.
    /// </summary>
    /// <param name="header">The header's value.</param>
    /// <param name="hash">Takes the hash.</param>
    public static CredentialKind? HashSecret(string? header, Span<byte> hash)
    {
        if (Scheme(header, "Bearer ") is { IsEmpty: false } token)
        {
            SecretSet.Hash(token, hash);
            return CredentialKind.Bearer;
        }

        if (Scheme(header, "Basic ") is { IsEmpty: false } pair && HashPassword(pair, hash))
            return CredentialKind.Basic;

        SecretSet.Hash(default, hash);
        return null;
    }

    /// <summary>What follows a scheme; empty if it is another one.</summary>
    public static ReadOnlySpan<char> Scheme(string? header, string scheme) =>
        header is not null && header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
            ? header.AsSpan(scheme.Length).Trim()
            : default;

    /// <remarks>
    /// The user name is not looked at: the path names the source, and a key proves its name by itself.
    /// </remarks>
    private static bool HashPassword(ReadOnlySpan<char> pair, Span<byte> hash)
    {
        Span<byte> decoded = stackalloc byte[1024];
        if (
            Base64.GetMaxDecodedFromUtf8Length(pair.Length) > decoded.Length
            || !Convert.TryFromBase64Chars(pair, decoded, out var count)
            || decoded[..count].IndexOf((byte)':') is var colon && colon < 0
        )
        {
            return false;
        }

        System.Security.Cryptography.SHA256.HashData(decoded[(colon + 1)..count], hash);
        return true;
    }
}

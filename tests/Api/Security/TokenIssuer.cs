using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Orleans.Workflow.Api.Tests.Security;

/// <summary>Issues JSON Web Tokens, valid and invalid ones.</summary>
internal sealed class TokenIssuer : IDisposable
{
    public const string Name = "https://issuer.test";
    public const string Audience = "orleans-workflow";

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>The public key, in PEM.</summary>
    public string PublicKey => _key.ExportSubjectPublicKeyInfoPem();

    /// <summary>A token; what is not given is as it should be.</summary>
    public string Issue(
        object? roles,
        string issuer = Name,
        string audience = Audience,
        TimeSpan? validFor = null,
        ECDsa? key = null
    )
    {
        var signed = Unsigned("ES256", roles, issuer, audience, validFor);
        var signature = (key ?? _key).SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>A token that says that it needs no signature.</summary>
    public static string IssueUnsigned(object? roles) => Unsigned("none", roles) + ".";

    /// <summary>A token that is signed with the public key, as if it were a shared secret.</summary>
    public string IssueConfused(object? roles)
    {
        var signed = Unsigned("HS256", roles);
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(PublicKey), Encoding.ASCII.GetBytes(signed));
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    public void Dispose() => _key.Dispose();

    private static string Unsigned(
        string algorithm,
        object? roles,
        string issuer = Name,
        string audience = Audience,
        TimeSpan? validFor = null
    )
    {
        var expiry = TimeProvider.System.GetUtcNow() + (validFor ?? TimeSpan.FromMinutes(5));
        var claims = new
        {
            iss = issuer,
            aud = audience,
            sub = "somebody",
            exp = expiry.ToUnixTimeSeconds(),
            roles,
        };
        return $"{Part(new { alg = algorithm, typ = "JWT" })}.{Part(claims)}";
    }

    private static string Part(object content) =>
        Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(content));
}

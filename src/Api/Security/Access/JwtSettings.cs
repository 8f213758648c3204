using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;
using Orleans.Workflow.Hosting.Settings;

namespace Orleans.Workflow.Api.Security.Access;

/// <summary>Which JSON Web Tokens are taken.</summary>
/// <param name="Authority">An OpenID Connect issuer, whose keys are fetched; null if the key is configured.</param>
/// <param name="RequiresHttps">Whether the issuer's keys may be fetched by https only.</param>
/// <param name="Issuer">The issuer in the tokens; null for that of the authority.</param>
/// <param name="Audience">The audience that the tokens must name.</param>
/// <param name="SigningKey">The key that signs the tokens; null if the authority's keys do.</param>
/// <param name="RoleClaim">The claim that holds the roles.</param>
internal sealed record JwtSettings(
    string? Authority,
    bool RequiresHttps,
    string? Issuer,
    string Audience,
    SecurityKey? SigningKey,
    string RoleClaim
)
{
    private const string Section = "Access:Jwt";
    private const int MinKeyLength = 32;

    /// <summary>Reads the section <c>Access:Jwt</c>; null if it is not there.</summary>
    public static JwtSettings? Read(SettingsReader reader, bool isDevelopment)
    {
        if (!reader.SectionNames(Section).Any())
            return null;

        var authority = reader.Text(
            $"{Section}:Authority",
            "An OpenID Connect issuer whose tokens are taken; its keys are fetched. Otherwise set `SigningKey` and "
                + "`Issuer`.",
            "a URL; outside Development with `https`"
        );
        var key = ReadKey(reader);
        var issuer = reader.Text($"{Section}:Issuer", "The issuer that the tokens name.", "a text");
        if (authority is null == key is null)
            reader.Error($"{Section} must have either Authority, whose keys are fetched, or SigningKey with Issuer.");

        if (key is not null && issuer is null)
            reader.Error(
                $"{Section}:Issuer is not set; set it to the claim iss of the tokens that {Section}:SigningKey signs."
            );

        if (
            authority is not null
            && !isDevelopment
            && !authority.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
        )
            reader.Error(
                $"{Section}:Authority is '{authority}'; outside Development it must begin with https://, because "
                    + "it gives the keys."
            );

        var audience = reader.Text(
            $"{Section}:Audience",
            "The audience that the tokens must name. It must be set if tokens are taken.",
            "a text"
        );
        if (audience is null)
            reader.Error(
                $"{Section}:Audience is not set; set it to the claim aud of the tokens, or any token of the "
                    + "issuer would do."
            );

        return new JwtSettings(
            authority,
            !isDevelopment,
            issuer,
            audience ?? string.Empty,
            key,
            reader.Text(
                $"{Section}:RoleClaim",
                "The claim that holds `read`, `read-personal`, `operate` or `admin`.",
                "a text",
                "roles"
            )
        );
    }

    private static SecurityKey? ReadKey(SettingsReader reader)
    {
        const string Key = $"{Section}:SigningKey";
        const string Allowed = "a public key in PEM, or a shared secret of 32 characters or more";
        if (reader.Text(Key, "The key of an issuer.", Allowed) is not { } text)
            return null;

        if (!text.Contains("-----BEGIN", StringComparison.Ordinal))
        {
            if (text.Length < MinKeyLength)
                reader.Error(
                    $"{Key} has fewer than {MinKeyLength} characters; make one with: openssl rand -hex 32, or set "
                        + "it to the issuer's public key in PEM."
                );

            return new SymmetricSecurityKey(Encoding.UTF8.GetBytes(text));
        }

        try
        {
            return ReadPublicKey(text);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            reader.Error(
                $"{Key} is not a public key in PEM, of RSA or an elliptic curve; write one with: openssl pkey "
                    + "-in private.pem -pubout."
            );
            return null;
        }
    }

    private static SecurityKey ReadPublicKey(string pem)
    {
        try
        {
            var rsa = RSA.Create();
            rsa.ImportFromPem(pem);
            return new RsaSecurityKey(rsa);
        }
        catch (CryptographicException)
        {
            var curve = ECDsa.Create();
            curve.ImportFromPem(pem);
            return new ECDsaSecurityKey(curve);
        }
    }
}

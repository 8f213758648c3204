using System.Security.Cryptography;
using System.Text;
using Orleans.Workflow.Hosting.Settings;

namespace Orleans.Workflow.Api.Security;

/// <summary>How a sender signs what it sends.</summary>
internal enum SignatureAlgorithm
{
    /// <summary>Signatures are not checked.</summary>
    Off,

    /// <summary>HMAC with SHA-1 over the bytes of the body.</summary>
    HmacSha1,

    /// <summary>HMAC with SHA-256 over the bytes of the body.</summary>
    HmacSha256,

    /// <summary>HMAC with SHA-512 over the bytes of the body.</summary>
    HmacSha512,
}

/// <summary>How a signature is written in its header.</summary>
internal enum SignatureEncoding
{
    /// <summary>Two digits for each byte, in either case.</summary>
    Hex,

    /// <summary>Base64 with padding.</summary>
    Base64,
}

/// <summary>Reads the section <c>Signature</c> of a source.</summary>
internal static class SignatureSettings
{
    /// <summary>Reads how its signatures are checked; null if they are not.</summary>
    public static SignatureCheck? Read(SettingsReader reader, string source)
    {
        var section = $"{source}:Signature";
        var algorithm = reader.Word(
            $"{section}:Algorithm",
            SignatureAlgorithm.Off,
            "Checks the header `X-AIRudder-Sign` against the bytes of the body as they were sent: what is signed "
                + "wrongly, or not at all, is refused with 401. The vendor does not document how it signs: ask it, or "
                + "leave it off."
        );
        var encoding = reader.Word(
            $"{section}:Encoding",
            SignatureEncoding.Hex,
            "How a signature is written in the header."
        );
        var secrets = SecretsReader.Read(reader, section, "A secret that the sender signs with.");
        if (algorithm == SignatureAlgorithm.Off)
        {
            if (!secrets.IsEmpty)
                reader.Error(
                    $"{section}:Secrets is set and {section}:Algorithm is Off, so nothing is checked; set the "
                        + "algorithm, or remove the secrets."
                );

            return null;
        }

        if (secrets.IsEmpty)
            reader.Error(
                $"{section}:Algorithm is {algorithm} and there is no secret to check with; set {section}:Secrets:0 "
                    + "to the secret that the sender signs with."
            );

        return new SignatureCheck(HashOf(algorithm), encoding, [.. secrets.Select(Encoding.UTF8.GetBytes)]);
    }

    private static HashAlgorithmName HashOf(SignatureAlgorithm algorithm) =>
        algorithm switch
        {
            SignatureAlgorithm.HmacSha1 => HashAlgorithmName.SHA1,
            SignatureAlgorithm.HmacSha256 => HashAlgorithmName.SHA256,
            SignatureAlgorithm.HmacSha512 => HashAlgorithmName.SHA512,
            _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, null),
        };
}

using System.Collections.Immutable;
using Orleans.Workflow.Api.Webhooks;
using Orleans.Workflow.Hosting.Settings;

namespace Orleans.Workflow.Api.Security;

/// <summary>Reads the section <c>Sources</c>: one sub-section for each named sender.</summary>
internal static class SourcesReader
{
    private const string DefaultSource = "airudder";

    /// <summary>Reads the senders.</summary>
    /// <param name="reader">The settings.</param>
    /// <param name="isDevelopment">Whether senders without a credential are allowed without saying so.</param>
    /// <param name="hasVendor">Whether the vendor can be asked.</param>
    public static ImmutableArray<Source> Read(SettingsReader reader, bool isDevelopment, bool hasVendor)
    {
        var names = reader.SectionNames("Sources").ToList();
        if (names.Count == 0)
            names.Add(DefaultSource);

        return [.. names.Select(name => Read(reader, name, isDevelopment, hasVendor))];
    }

    private static Source Read(SettingsReader reader, string name, bool isDevelopment, bool hasVendor)
    {
        var section = $"Sources:{name}";
        if (name.Length > 64 || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            reader.Error(
                $"{section}: the name of a source is part of a URL; use up to 64 letters, digits, '-' and '_'."
            );

        var secrets = SecretsReader.Read(
            reader,
            section,
            "A secret of the sender: in the path (`/webhooks/{source}/{secret}`, where the path of a kind may follow), "
                + "as a Bearer token or as the password of HTTP Basic."
        );
        var addresses = NetworksReader.Read(
            reader,
            $"{section}:AllowedAddresses",
            "Where the sender sends from: a further condition beside secrets, a credential without."
        );
        var hasCredential = !secrets.IsEmpty || !addresses.IsEmpty;
        var isAnonymous = reader.Switch(
            $"{section}:AllowAnonymous",
            isDevelopment && !hasCredential,
            "Takes notifications without a credential. In Development it is `true` while the source has none."
        );
        if (!hasCredential && !isAnonymous)
            reader.Error(
                $"{section} has no credential; set {section}:Secrets:0 ({SecretsReader.HowToMake}), or "
                    + $"{section}:AllowedAddresses, or {section}:AllowAnonymous to true if something else guards the "
                    + "path."
            );

        var rate = reader.OptionalNumber(
            $"{section}:RatePerSecond",
            1,
            1_000_000,
            "requests a second",
            "How many requests are taken; without it, any number. More is answered 429."
        );
        return new Source(name, new SecretSet(secrets), addresses, isAnonymous, rate)
        {
            KeepsUnknown = ReadUnknown(reader, section) == UnknownKinds.Keep,
            RequiresSignature = reader.Switch(
                $"{section}:RequireSignature",
                false,
                "Refuses with 401 what comes without the header `X-AIRudder-Sign`. Its value is checked if "
                    + "`Signature:Algorithm` is set, with which the header is required in any case."
            ),
            Signature = SignatureSettings.Read(reader, section),
            PushPolicy = PushVerifier.ReadPolicy(reader, section, hasVendor),
        };
    }

    private static UnknownKinds ReadUnknown(SettingsReader reader, string section) =>
        reader.Word(
            $"{section}:UnknownKinds",
            UnknownKinds.Refuse,
            "What is done with a JSON object that is sent to `/webhooks/{source}` and has the fields of no kind of "
                + "notification, or of several: it is refused with 400, or kept as a fact of the kind `unknown`."
        );
}

/// <summary>What becomes of notifications that fit no kind.</summary>
internal enum UnknownKinds
{
    /// <summary>They are refused.</summary>
    Refuse,

    /// <summary>They are kept as facts.</summary>
    Keep,
}

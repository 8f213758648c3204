using System.Collections.Immutable;
using Orleans.Workflow.Silo.Settings;

namespace Orleans.Workflow.Api.Security;

/// <summary>Reads the section <c>Sources</c>: one sub-section for each named sender.</summary>
internal static class SourcesReader
{
    private const string DefaultSource = "airudder";

    /// <summary>Reads the senders.</summary>
    /// <param name="reader">The settings.</param>
    /// <param name="isDevelopment">Whether senders without a credential are allowed without saying so.</param>
    public static ImmutableArray<Source> Read(SettingsReader reader, bool isDevelopment)
    {
        var names = reader.Children("Sources").Select(static child => child.Key).ToList();
        if (names.Count == 0)
            names.Add(DefaultSource);

        return [.. names.Select(name => Read(reader, name, isDevelopment))];
    }

    private static Source Read(SettingsReader reader, string name, bool isDevelopment)
    {
        var section = $"Sources:{name}";
        reader.OnlyKnown(section, "Secrets", "AllowedAddresses", "AllowAnonymous", "RatePerSecond");
        if (name.Length > 64 || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            reader.Error($"{section}: the name of a source is part of a URL; use up to 64 letters, digits, '-' and '_'.");

        var secrets = SecretsReader.Read(reader, section);
        var addresses = NetworksReader.Read(reader, $"{section}:AllowedAddresses");
        var hasCredential = !secrets.IsEmpty || !addresses.IsEmpty;
        var isAnonymous = reader.Switch($"{section}:AllowAnonymous", isDevelopment && !hasCredential);
        if (!hasCredential && !isAnonymous)
            reader.Error($"{section} has no credential; set {section}:Secrets:0 ({SecretsReader.HowToMake}), or {section}:AllowedAddresses, or {section}:AllowAnonymous to true if something else guards the path.");

        var rate = reader.Number($"{section}:RatePerSecond", 0, 1, 1_000_000);
        return new Source(name, new SecretSet(secrets), addresses, isAnonymous, rate == 0 ? null : rate);
    }
}

using System.Collections.Immutable;
using Orleans.Workflow.Silo.Settings;

namespace Orleans.Workflow.Api.Security;

/// <summary>Reads the section <c>Sources</c>: one sub-section for each named sender.</summary>
internal static class SourcesReader
{
    private const string DefaultSource = "airudder";
    private const int ShortestSecret = 16;

    /// <summary>Reads the senders.</summary>
    /// <param name="reader">The settings.</param>
    /// <param name="isDevelopment">Whether senders without a credential are allowed without saying so.</param>
    public static Sources Read(SettingsReader reader, bool isDevelopment)
    {
        var names = reader.Children("Sources").Select(static child => child.Key).ToList();
        if (names.Count == 0)
            names.Add(DefaultSource);

        return new Sources([.. names.Select(name => Read(reader, name, isDevelopment))]);
    }

    private static Source Read(SettingsReader reader, string name, bool isDevelopment)
    {
        var section = $"Sources:{name}";
        reader.OnlyKnown(section, "Secrets", "AllowAnonymous", "RatePerSecond");
        if (name.Length > 64 || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            reader.Error($"{section}: the name of a source is part of a URL; use up to 64 letters, digits, '-' and '_'.");

        var secrets = reader.Children($"{section}:Secrets").Select(static child => child.Value ?? string.Empty).ToImmutableArray();
        if (secrets.Any(static secret => secret.Length < ShortestSecret))
            reader.Error($"{section}:Secrets holds a secret of fewer than {ShortestSecret} characters; make one with: openssl rand -hex 32.");

        var isAnonymous = reader.Switch($"{section}:AllowAnonymous", isDevelopment && secrets.IsEmpty);
        if (secrets.IsEmpty && !isAnonymous)
            reader.Error($"{section} has no credential; set {section}:Secrets:0 (make one with: openssl rand -hex 32), or {section}:AllowAnonymous to true if something else guards the path.");

        var rate = reader.Number($"{section}:RatePerSecond", 0, 1, 1_000_000);
        return new Source(name, secrets, isAnonymous, rate == 0 ? null : rate);
    }
}

using System.Collections.Immutable;
using Orleans.Workflow.Silo.Settings;

namespace Orleans.Workflow.Api.Security;

/// <summary>Reads the secrets of a section: <c>Secrets:0</c>, and <c>Secrets:1</c> during rotation.</summary>
internal static class SecretsReader
{
    /// <summary>How to make a secret, for messages.</summary>
    public const string HowToMake = "make one with: openssl rand -hex 32";

    /// <summary>Reads the secrets; what is wrong is told without telling them.</summary>
    public static ImmutableArray<string> Read(SettingsReader reader, string section)
    {
        var key = $"{section}:Secrets";
        var secrets = reader.Children(key).Select(static child => child.Value ?? string.Empty).ToImmutableArray();
        if (secrets.Any(static secret => secret.Length < SecretSet.Shortest))
            reader.Error($"{key} holds a secret of fewer than {SecretSet.Shortest} characters; {HowToMake}.");

        if (secrets.Any(static secret => secret.Length > SecretSet.Longest))
            reader.Error($"{key} holds a secret of more than {SecretSet.Longest} characters; {HowToMake}.");

        if (secrets.Length > SecretSet.Most)
            reader.Error($"{key} holds {secrets.Length} secrets; {SecretSet.Most} are valid at once while rotating. Remove those that are no longer used.");

        if (secrets.Distinct(StringComparer.Ordinal).Count() < secrets.Length)
            reader.Error($"{key} holds the same secret twice; its uses could not be told apart. Remove one of them, or {HowToMake}.");

        return secrets;
    }
}

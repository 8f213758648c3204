using System.Collections.Immutable;
using Orleans.Workflow.Hosting.Settings;

namespace Orleans.Workflow.Api.Security;

/// <summary>Reads the secrets of a section: <c>Secrets:0</c>, and <c>Secrets:1</c> during rotation.</summary>
internal static class SecretsReader
{
    /// <summary>How to make a secret, for messages.</summary>
    public const string HowToMake = "make one with: openssl rand -hex 32";

    /// <summary>Reads the secrets; errors never contain them.</summary>
    public static ImmutableArray<string> Read(SettingsReader reader, string section, string meaning)
    {
        var key = $"{section}:Secrets";
        reader.Describe(
            new Setting(
                $"{key}:{{n}}",
                $"{meaning} Number 0, and number 1 while the secret is replaced.",
                $"{SecretSet.MinLength} to {SecretSet.MaxLength} characters"
            )
        );
        var secrets = reader.Children(key).Select(static child => child.Value ?? string.Empty).ToImmutableArray();
        if (secrets.Any(static secret => secret.Length < SecretSet.MinLength))
            reader.Error($"{key} holds a secret of fewer than {SecretSet.MinLength} characters; {HowToMake}.");

        if (secrets.Any(static secret => secret.Length > SecretSet.MaxLength))
            reader.Error($"{key} holds a secret of more than {SecretSet.MaxLength} characters; {HowToMake}.");

        if (secrets.Length > SecretSet.MaxCount)
            reader.Error(
                $"{key} holds {secrets.Length} secrets; {SecretSet.MaxCount} are valid at once while rotating. "
                    + "Remove those that are no longer used."
            );

        if (secrets.Distinct(StringComparer.Ordinal).Count() < secrets.Length)
            reader.Error(
                $"{key} holds the same secret twice; its uses could not be counted apart. Remove one of them, or "
                    + $"{HowToMake}."
            );

        return secrets;
    }
}

using System.Collections.Immutable;
using Orleans.Workflow.Silo.Settings;

namespace Orleans.Workflow.Api.Security.Access;

/// <summary>Who may ask, and who may do what is below <c>/admin</c>.</summary>
/// <param name="Keys">The API keys.</param>
/// <param name="Jwt">Which tokens are taken; null for none.</param>
/// <param name="Anonymous">What somebody may do who shows no credential; null for nothing.</param>
internal sealed record AccessSettings(ImmutableArray<AccessKey> Keys, JwtSettings? Jwt, AccessRole? Anonymous)
{
    /// <summary>Reads the section <c>Access</c>.</summary>
    /// <param name="reader">The settings.</param>
    /// <param name="isDevelopment">Whether everybody may do everything as long as nothing is configured.</param>
    public static AccessSettings Read(SettingsReader reader, bool isDevelopment)
    {
        reader.OnlyKnown("Access", "Keys", "Jwt", "AllowAnonymous");
        var keys = ReadKeys(reader);
        var jwt = JwtSettings.Read(reader, isDevelopment);
        var isConfigured = !keys.IsEmpty || jwt is not null;
        var isAnonymous = reader.Switch("Access:AllowAnonymous", isDevelopment && !isConfigured);
        if (!isConfigured && !isAnonymous)
            reader.Error($"Access has no credential; set Access:Keys:{{name}}:Secrets:0 ({SecretsReader.HowToMake}) and Access:Keys:{{name}}:Role to read or admin, or Access:Jwt, or Access:AllowAnonymous to true if something else guards the queries.");

        return new AccessSettings(keys, jwt, !isAnonymous ? null : isDevelopment && !isConfigured ? AccessRole.Admin : AccessRole.Read);
    }

    private static ImmutableArray<AccessKey> ReadKeys(SettingsReader reader)
    {
        var keys = ImmutableArray.CreateBuilder<AccessKey>();
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in reader.Children("Access:Keys").Select(static child => child.Key))
        {
            var section = $"Access:Keys:{name}";
            reader.OnlyKnown(section, "Secrets", "Role");
            var secrets = SecretsReader.Read(reader, section);
            if (secrets.IsEmpty)
                reader.Error($"{section} has no secret; set {section}:Secrets:0 ({SecretsReader.HowToMake}).");

            foreach (var secret in secrets.Distinct(StringComparer.Ordinal).Where(secret => !owners.TryAdd(secret, section)))
                reader.Error($"{section} and {owners[secret]} hold the same secret, which is to say which key it is; {SecretsReader.HowToMake}.");

            keys.Add(new AccessKey(name, new SecretSet(secrets), reader.Word($"{section}:Role", AccessRole.Read)));
        }

        return keys.ToImmutable();
    }
}

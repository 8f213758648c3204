using System.Collections.Immutable;
using Orleans.Workflow.Hosting.Settings;

namespace Orleans.Workflow.Api.Security.Access;

/// <summary>Who may ask, and who may do what is below <c>/admin</c>.</summary>
/// <param name="Keys">The API keys.</param>
/// <param name="Jwt">Which tokens are taken; null for none.</param>
/// <param name="Anonymous">What a client without a credential may do; null for nothing.</param>
internal sealed record AccessSettings(ImmutableArray<AccessKey> Keys, JwtSettings? Jwt, AccessRole? Anonymous)
{
    /// <summary>Reads the section <c>Access</c>.</summary>
    /// <param name="reader">The settings.</param>
    /// <param name="isDevelopment">Whether everybody may do everything as long as nothing is configured.</param>
    public static AccessSettings Read(SettingsReader reader, bool isDevelopment)
    {
        var keys = ReadKeys(reader);
        var jwt = JwtSettings.Read(reader, isDevelopment);
        var isConfigured = !keys.IsEmpty || jwt is not null;
        var isAnonymous = reader.Switch(
            "Access:AllowAnonymous",
            isDevelopment && !isConfigured,
            "Lets everybody read, without the numbers of persons. In Development, while neither keys nor tokens are "
                + "configured, everybody may do everything."
        );
        if (!isConfigured && !isAnonymous)
            reader.Error(
                $"Access has no credential; set Access:Keys:{{name}}:Secrets:0 ({SecretsReader.HowToMake}) and "
                    + $"Access:Keys:{{name}}:Role to read, read-personal, operate or admin, or Access:Jwt, or "
                    + "Access:AllowAnonymous to true if something else guards the queries."
            );

        return new AccessSettings(
            keys,
            jwt,
            !isAnonymous ? null
                : isDevelopment && !isConfigured ? AccessRole.Admin
                : AccessRole.Read
        );
    }

    private static ImmutableArray<AccessKey> ReadKeys(SettingsReader reader)
    {
        var keys = ImmutableArray.CreateBuilder<AccessKey>();
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in reader.SectionNames("Access:Keys"))
        {
            var section = $"Access:Keys:{name}";
            var secrets = SecretsReader.Read(reader, section, "A secret of the API key.");
            if (secrets.IsEmpty)
                reader.Error($"{section} has no secret; set {section}:Secrets:0 ({SecretsReader.HowToMake}).");

            foreach (
                var secret in secrets.Distinct(StringComparer.Ordinal).Where(secret => !owners.TryAdd(secret, section))
            )
                reader.Error(
                    $"{section} and {owners[secret]} hold the same secret, which is to say which key it is; "
                        + $"{SecretsReader.HowToMake}."
                );

            var role = reader.Word(
                $"{section}:Role",
                AccessRole.Read,
                "What the API key may do. `ReadPersonal` also sees the numbers of persons and what was received of "
                    + "them; `Operate` may put attention aside, take notes and send refused requests again, and "
                    + "sees no numbers; `Admin` may do all of that, and what is below `/admin`."
            );
            keys.Add(new AccessKey(name, new SecretSet(secrets), role));
        }

        return keys.ToImmutable();
    }
}

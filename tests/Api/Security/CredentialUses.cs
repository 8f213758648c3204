using System.Text.Json;
using Orleans.Workflow.Api.Tests.Http;

namespace Orleans.Workflow.Api.Tests.Security;

/// <summary>What the service says of the use of credentials.</summary>
/// <param name="Refused">How many requests in the name of the owner were refused.</param>
/// <param name="Uses">How often each credential was accepted, by its name and kind.</param>
/// <param name="LastUsed">Which of them have a time of last use.</param>
internal sealed record CredentialUses(
    long Refused,
    IReadOnlyDictionary<string, long> Uses,
    IReadOnlySet<string> LastUsed
)
{
    public static Task<CredentialUses> OfSource(GuardedApi api, string name) =>
        Of(api, "/admin/sources", "source", name);

    public static Task<CredentialUses> OfKey(GuardedApi api, string name) => Of(api, "/admin/keys", "key", name);

    /// <summary>What has been used since, and how often.</summary>
    public IEnumerable<(string, long)> Since(CredentialUses before) =>
        Uses.Where(use => use.Value > before.Uses[use.Key]).Select(use => (use.Key, use.Value - before.Uses[use.Key]));

    private static async Task<CredentialUses> Of(GuardedApi api, string path, string kind, string name)
    {
        var owner = (await api.Client.GetAsync(path, GuardedApi.Key(GuardedApi.AdminKey)))
            .Expect(200)
            .Json.Items("items")
            .Single(item => item.Word(kind) == name);
        var credentials = owner.Items("credentials");
        return new CredentialUses(
            owner.TryGetProperty("refused", out var refused) ? refused.GetInt64() : 0,
            credentials.ToDictionary(Name, static use => use.Number("uses")),
            credentials.Where(static use => use.Word("last_used_at") is not null).Select(Name).ToHashSet()
        );
    }

    private static string Name(JsonElement use) => $"{use.Word("credential")} {use.Word("kind")}";
}

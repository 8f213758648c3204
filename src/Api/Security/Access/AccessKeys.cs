using System.Collections.Immutable;
using System.Security.Claims;

namespace Orleans.Workflow.Api.Security.Access;

/// <summary>All API keys, and who somebody is without one.</summary>
/// <param name="settings">What is configured.</param>
/// <param name="time">The clock.</param>
internal sealed class AccessKeys(AccessSettings settings, TimeProvider time)
{
    private readonly ImmutableArray<AccessKey> _keys = settings.Keys;

    /// <summary>All of them, by name.</summary>
    public IEnumerable<AccessKey> All => _keys.OrderBy(static key => key.Name, StringComparer.Ordinal);

    /// <summary>Whoever shows no credential; null if he may do nothing.</summary>
    public ClaimsPrincipal? Anonymous { get; } = settings.Anonymous is { } role ? Principal("anonymous", role) : null;

    /// <summary>Somebody with a role.</summary>
    public static ClaimsPrincipal Principal(string name, AccessRole role) => new(new ClaimsIdentity(
        [new Claim(ClaimTypes.Name, name), new Claim(ClaimTypes.Role, role.Word())], AccessServices.Key));

    /// <summary>Whoever has the key with a secret; null if there is none. All keys are asked, so that it takes the same time for each.</summary>
    public ClaimsPrincipal? Find(CredentialKind kind, ReadOnlySpan<byte> hash)
    {
        ClaimsPrincipal? holder = null;
        foreach (var key in _keys)
        {
            if (key.Accepts(kind, hash, time.GetUtcNow()))
                holder = key.Holder;
        }

        return holder;
    }
}

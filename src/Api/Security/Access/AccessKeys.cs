using System.Collections.Immutable;
using System.Security.Claims;

namespace Orleans.Workflow.Api.Security.Access;

/// <summary>All API keys.</summary>
/// <param name="keys">All of them.</param>
/// <param name="time">The clock.</param>
internal sealed class AccessKeys(ImmutableArray<AccessKey> keys, TimeProvider time)
{
    /// <summary>All of them, by name.</summary>
    public IEnumerable<AccessKey> All => keys.OrderBy(static key => key.Name, StringComparer.Ordinal);

    /// <summary>Somebody with a role.</summary>
    public static ClaimsPrincipal Principal(string name, AccessRole role) => new(new ClaimsIdentity(
        [new Claim(ClaimTypes.Name, name), new Claim(ClaimTypes.Role, role.Word())], AccessServices.Key));

    /// <summary>Whoever has the key with a secret; null if there is none. All keys are asked, so that it takes the same time for each.</summary>
    public ClaimsPrincipal? Find(CredentialKind kind, ReadOnlySpan<byte> hash)
    {
        ClaimsPrincipal? holder = null;
        foreach (var key in keys)
        {
            if (key.Accepts(kind, hash, time.GetUtcNow()))
                holder = key.Holder;
        }

        return holder;
    }
}

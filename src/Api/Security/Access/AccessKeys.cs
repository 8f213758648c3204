using System.Collections.Immutable;
using System.Security.Claims;

namespace Orleans.Workflow.Api.Security.Access;

/// <summary>All API keys, and the identity of a client without one.</summary>
/// <param name="settings">What is configured.</param>
/// <param name="time">The clock.</param>
internal sealed class AccessKeys(AccessSettings settings, TimeProvider time)
{
    private readonly ImmutableArray<AccessKey> _keys = settings.Keys;

    /// <summary>All of them, by name.</summary>
    public IEnumerable<AccessKey> All => _keys.OrderBy(static key => key.Name, StringComparer.Ordinal);

    /// <summary>The identity of a client without a credential; null if it may do nothing.</summary>
    public ClaimsPrincipal? Anonymous { get; } = settings.Anonymous is { } role ? Principal("anonymous", role) : null;

    /// <summary>An identity with a role.</summary>
    public static ClaimsPrincipal Principal(string name, AccessRole role) =>
        new(
            new ClaimsIdentity(
                [new Claim(ClaimTypes.Name, name), new Claim(ClaimTypes.Role, role.Word())],
                AccessServices.Key
            )
        );

    /// <summary>
    /// The identity of a client with a secret; null if it is no key's. All keys are compared, so that it takes the same
    /// time for each.
    /// </summary>
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

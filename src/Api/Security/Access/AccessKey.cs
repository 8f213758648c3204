using System.Collections.Immutable;
using System.Security.Claims;

namespace Orleans.Workflow.Api.Security.Access;

/// <summary>A named API key.</summary>
/// <param name="name">Its name.</param>
/// <param name="secrets">Its secrets; any of them will do.</param>
/// <param name="role">What a client with it may do.</param>
internal sealed class AccessKey(string name, SecretSet secrets, AccessRole role)
{
    private static readonly CredentialKind[] Kinds =
    [
        CredentialKind.Basic,
        CredentialKind.Bearer,
        CredentialKind.Header,
    ];

    private readonly ImmutableArray<CredentialUse> _uses = [.. CredentialUse.OfSecrets(name, secrets.Count, Kinds)];

    /// <summary>Its name.</summary>
    public string Name => name;

    /// <summary>What a client with it may do.</summary>
    public AccessRole Role => role;

    /// <summary>How often each of its secrets was accepted.</summary>
    public IEnumerable<CredentialUse> Uses => _uses;

    /// <summary>The identity of a client with it.</summary>
    public ClaimsPrincipal Holder { get; } = AccessKeys.Principal(name, role);

    /// <summary>Whether a secret is its own.</summary>
    public bool Accepts(CredentialKind kind, ReadOnlySpan<byte> hash, DateTimeOffset now)
    {
        var secret = secrets.Find(hash);
        if (secret < 0)
            return false;

        _uses[(secret * Kinds.Length) + Array.IndexOf(Kinds, kind)].Note(now);
        return true;
    }
}

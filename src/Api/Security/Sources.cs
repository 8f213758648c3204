using System.Collections.Frozen;
using System.Net;

namespace Orleans.Workflow.Api.Security;

/// <summary>The named senders.</summary>
/// <param name="sources">All of them.</param>
/// <param name="time">The clock.</param>
internal sealed class Sources(IEnumerable<Source> sources, TimeProvider time) : IDisposable
{
    /// <summary>
    /// Stands in for a source that is not there, so that its absence takes as long as a wrong secret.
    /// </summary>
    private readonly Source _nobody = new("", new SecretSet([]), [], allowAnonymous: false, ratePerSecond: null);

    private readonly FrozenDictionary<string, Source> _sources = sources.ToFrozenDictionary(
        source => source.Name,
        StringComparer.Ordinal
    );

    /// <summary>All of them, by name.</summary>
    public IEnumerable<Source> All => _sources.Values.OrderBy(static source => source.Name, StringComparer.Ordinal);

    /// <summary>Whether there is a source of a name.</summary>
    public bool Has(string name) => Find(name) is not null;

    /// <summary>The source of a name; null if there is none.</summary>
    public Source? Find(string name) => _sources.GetValueOrDefault(name);

    /// <summary>Whether a source has a secret.</summary>
    public bool HaveSecret(string name, string? secret)
    {
        Span<byte> hash = stackalloc byte[SecretSet.HashSize];
        SecretSet.Hash(secret, hash);
        return _sources.GetValueOrDefault(name, _nobody).HasSecret(hash);
    }

    /// <summary>The source that a request comes from; null if it proves none, and why.</summary>
    /// <param name="name">The source named in the path.</param>
    /// <param name="pathSecret">The secret in the path, if there is one; it counts alone, whatever a proxy on the way
    /// put into a header.</param>
    /// <param name="authorization">The header <c>Authorization</c>.</param>
    /// <param name="address">Where it comes from.</param>
    public (Source? Source, SourceVerdict Verdict) Authenticate(
        string name,
        string? pathSecret,
        string? authorization,
        IPAddress? address
    )
    {
        Span<byte> hash = stackalloc byte[SecretSet.HashSize];
        CredentialKind? kind = CredentialKind.Path;
        if (pathSecret is null)
            kind = AuthorizationHeader.HashSecret(authorization, hash);
        else
            SecretSet.Hash(pathSecret, hash);

        var source = _sources.GetValueOrDefault(name, _nobody);
        var verdict = source.Check(kind, hash, address, time.GetUtcNow());
        return verdict == SourceVerdict.Accepted
            ? (source, verdict)
            : (null, source == _nobody ? SourceVerdict.UnknownSource : verdict);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var source in _sources.Values)
            source.Dispose();
    }
}

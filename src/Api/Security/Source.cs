using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.Primitives;
using Orleans.Workflow.Api.Webhooks;

namespace Orleans.Workflow.Api.Security;

/// <summary>A named sender.</summary>
/// <param name="name">Its name, as in the path.</param>
/// <param name="secrets">Its secrets; any of them will do.</param>
/// <param name="addresses">Where it may send from. Beside secrets a further condition, without them a credential; empty
/// for anywhere.</param>
/// <param name="allowAnonymous">Whether it may send without a secret.</param>
/// <param name="ratePerSecond">How many requests a second it may send; null for any number.</param>
internal sealed class Source(
    string name,
    SecretSet secrets,
    ImmutableArray<IPNetwork> addresses,
    bool allowAnonymous,
    int? ratePerSecond
) : IDisposable
{
    private static readonly CredentialKind[] Kinds = [CredentialKind.Path, CredentialKind.Basic, CredentialKind.Bearer];

    private readonly ImmutableArray<CredentialUse> _ofSecrets =
    [
        .. CredentialUse.OfSecrets(name, secrets.Count, Kinds),
    ];

    private readonly CredentialUse? _withoutSecret =
        allowAnonymous ? new CredentialUse(name, "AllowAnonymous", CredentialKind.Anonymous)
        : secrets.Count == 0 && !addresses.IsEmpty ? new CredentialUse(name, "AllowedAddresses", CredentialKind.Address)
        : null;

    private readonly RateLimit? _limit = ratePerSecond is { } rate ? new RateLimit(rate, burst: rate) : null;
    private long _refused;

    /// <summary>Its name.</summary>
    public string Name => name;

    /// <summary>Whether what fits no kind of notification is kept.</summary>
    public bool KeepsUnknown { get; init; }

    /// <summary>Whether a notification must be signed.</summary>
    public bool RequiresSignature { get; init; }

    /// <summary>Whether the vendor is asked if a push is genuine.</summary>
    public PushVerificationPolicy PushPolicy { get; init; }

    /// <summary>Checks its signatures; null if they are not checked.</summary>
    public SignatureCheck? Signature { get; init; }

    /// <summary>Whether the signature is all that proves that a request is its own.</summary>
    public bool IsProvenBySignatureOnly => Signature is not null && allowAnonymous;

    /// <summary>How often each of its credentials was accepted.</summary>
    public IEnumerable<CredentialUse> Uses => _withoutSecret is null ? _ofSecrets : _ofSecrets.Append(_withoutSecret);

    /// <summary>How many requests in its name were refused for their credentials.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Whether a hash is that of one of its secrets.</summary>
    public bool HasSecret(ReadOnlySpan<byte> hash) => secrets.Find(hash) >= 0;

    /// <summary>Whether a request is its own. Takes the same time whatever is wrong.</summary>
    /// <param name="kind">How a secret is presented; null if there is none.</param>
    /// <param name="hash">The hash of the secret.</param>
    /// <param name="address">Where the request comes from.</param>
    /// <param name="now">The time.</param>
    public SourceVerdict Check(CredentialKind? kind, ReadOnlySpan<byte> hash, IPAddress? address, DateTimeOffset now)
    {
        var secret = secrets.Find(hash);
        var isAllowed = addresses.IsEmpty || addresses.Holds(address);
        var use =
            secret >= 0 && kind is { } presented
                ? _ofSecrets[(secret * Kinds.Length) + (int)presented]
                : _withoutSecret;
        if (use is not null && isAllowed)
        {
            use.Note(now);
            return SourceVerdict.Accepted;
        }

        Interlocked.Increment(ref _refused);
        return use is not null ? SourceVerdict.AddressNotAllowed
            : kind is null ? SourceVerdict.NoCredential
            : SourceVerdict.WrongCredential;
    }

    /// <summary>Whether a request is signed as it must be.</summary>
    /// <param name="body">Its body, as it was sent.</param>
    /// <param name="signatures">The signatures that it came with.</param>
    public SourceVerdict CheckSignature(ReadOnlySpan<byte> body, StringValues signatures)
    {
        var verdict =
            signatures.Count == 0
                ? RequiresSignature || Signature is not null
                    ? SourceVerdict.NotSigned
                    : SourceVerdict.Accepted
                : Signature is null
                    ? SourceVerdict.Accepted
                    : signatures.Count == 1 && Signature.IsSigned(body, signatures[0])
                        ? SourceVerdict.Accepted
                        : SourceVerdict.WrongSignature;
        if (verdict != SourceVerdict.Accepted)
            Interlocked.Increment(ref _refused);

        return verdict;
    }

    /// <summary>Whether it may send now; if not, when to try again.</summary>
    public bool TryAdmit(out TimeSpan retryAfter)
    {
        retryAfter = default;
        return _limit is null || _limit.TryTake(out retryAfter);
    }

    /// <inheritdoc/>
    public void Dispose() => _limit?.Dispose();
}

namespace Orleans.Workflow.Api.Security;

/// <summary>
/// How often this process has accepted a credential, and when last: a rotation is finished when nobody uses the old
/// secret any more.
/// </summary>
/// <param name="owner">Whose credential it is: a source, or the name of a key.</param>
/// <param name="credential">Which one, as the settings name it; never the secret.</param>
/// <param name="kind">How it is presented.</param>
internal sealed class CredentialUse(string owner, string credential, CredentialKind kind)
{
    private long _count;
    private long _lastUsedAt;

    /// <summary>Whose credential it is.</summary>
    public string Owner => owner;

    /// <summary>Which one.</summary>
    public string Credential => credential;

    /// <summary>How it is presented, as a word.</summary>
    public string KindWord { get; } = kind.ToString().ToLowerInvariant();

    /// <summary>How often it was accepted.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>When it was accepted last; null if it never was.</summary>
    public DateTimeOffset? LastUsedAt =>
        Interlocked.Read(ref _lastUsedAt) is > 0 and var at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;

    /// <summary>
    /// The uses of each secret, for each kind in which it may be presented: one row of kinds after the other.
    /// </summary>
    public static IEnumerable<CredentialUse> OfSecrets(
        string owner,
        int secrets,
        params IEnumerable<CredentialKind> kinds
    ) =>
        from secret in Enumerable.Range(0, secrets)
        from kind in kinds
        select new CredentialUse(owner, $"Secrets:{secret}", kind);

    /// <summary>Notes that it was accepted.</summary>
    public void Note(DateTimeOffset now)
    {
        Interlocked.Increment(ref _count);
        Interlocked.Exchange(ref _lastUsedAt, now.ToUnixTimeMilliseconds());
    }
}

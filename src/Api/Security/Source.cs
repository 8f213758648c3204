using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Threading.RateLimiting;

namespace Orleans.Workflow.Api.Security;

/// <summary>A named sender.</summary>
/// <param name="name">Its name, as in the path.</param>
/// <param name="secrets">Its secrets; any of them will do, two of them during rotation.</param>
/// <param name="allowAnonymous">Whether it may send without one.</param>
/// <param name="ratePerSecond">How many requests a second it may send; null for any number.</param>
internal sealed class Source(string name, ImmutableArray<string> secrets, bool allowAnonymous, int? ratePerSecond) : IDisposable
{
    private readonly ImmutableArray<byte[]> _hashes = [.. secrets.Select(Hash)];

    private readonly TokenBucketRateLimiter? _limiter = ratePerSecond is { } rate
        ? new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = rate,
            TokensPerPeriod = Math.Max(1, rate / 10),
            ReplenishmentPeriod = TimeSpan.FromMilliseconds(rate < 10 ? 1000d / rate : 100),
            QueueLimit = 0,
            AutoReplenishment = true,
        })
        : null;

    /// <summary>Its name.</summary>
    public string Name => name;

    /// <summary>Whether a credential is valid. Takes the same time whatever is wrong: only hashes are compared, and all of them.</summary>
    public bool Accepts(string? credential)
    {
        var hash = Hash(credential ?? string.Empty);
        var accepted = allowAnonymous;
        foreach (var known in _hashes)
            accepted |= CryptographicOperations.FixedTimeEquals(known, hash);

        return accepted;
    }

    /// <summary>Whether it may send now; if not, when to try again.</summary>
    public bool TryAdmit(out TimeSpan retryAfter)
    {
        retryAfter = TimeSpan.FromSeconds(1);
        if (_limiter is null)
            return true;

        using var lease = _limiter.AttemptAcquire();
        return lease.IsAcquired;
    }

    /// <inheritdoc/>
    public void Dispose() => _limiter?.Dispose();

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}

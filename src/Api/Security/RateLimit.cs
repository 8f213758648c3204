using System.Threading.RateLimiting;

namespace Orleans.Workflow.Api.Security;

/// <summary>So many a second, and so many at once after a pause.</summary>
internal sealed class RateLimit(int perSecond, int burst) : IDisposable
{
    // Refilled when it is asked, by the time that has passed: a timer would round, and come late under load.
    private readonly TokenBucketRateLimiter _bucket = new(
        new TokenBucketRateLimiterOptions
        {
            TokenLimit = burst,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = TimeSpan.FromTicks(TimeSpan.TicksPerSecond / perSecond),
            AutoReplenishment = false,
            QueueLimit = 0,
        }
    );

    /// <summary>Whether one more is allowed now; if not, when to try again.</summary>
    public bool TryTake(out TimeSpan retryAfter)
    {
        _bucket.TryReplenish();
        using var lease = _bucket.AttemptAcquire();
        lease.TryGetMetadata(MetadataName.RetryAfter, out retryAfter);
        return lease.IsAcquired;
    }

    /// <inheritdoc/>
    public void Dispose() => _bucket.Dispose();
}

namespace Orleans.Workflow.Api.Security;

/// <summary>
/// How many attempts without a valid credential this process keeps and logs: a guesser must not fill the disk or keep
/// the database busy. It never slows down clients with a valid credential.
/// </summary>
internal sealed class RefusedAttempts : IDisposable
{
    private const int PerSecond = 10;
    private const int Burst = 100;

    private readonly RateLimit _limit = new(PerSecond, Burst);

    /// <summary>Whether one more is kept; if not, when to try again.</summary>
    public bool TryKeep(out TimeSpan retryAfter) => _limit.TryTake(out retryAfter);

    /// <inheritdoc/>
    public void Dispose() => _limit.Dispose();
}

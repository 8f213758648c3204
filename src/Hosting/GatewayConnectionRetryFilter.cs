namespace Orleans.Workflow.Hosting;

/// <summary>Lets a client that starts before its silos wait for them.</summary>
internal sealed class GatewayConnectionRetryFilter(TimeProvider time, ILogger<GatewayConnectionRetryFilter> logger)
    : IClientConnectionRetryFilter
{
    /// <inheritdoc/>
    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        Log.NoSilo(logger, exception.Message);
        await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken);
        return true;
    }
}

using System.Threading.RateLimiting;

namespace Orleans.Workflow.Api.Hosting;

/// <summary>
/// Refuses at once what cannot be answered soon: a queue in front of a service that is full only makes everybody late. Requests that
/// wait for a workflow are counted apart, so that they take no place from those that report to it.
/// </summary>
internal static class LoadShedding
{
    /// <summary>Names the policy of routes that take part.</summary>
    public const string Policy = "in-flight";

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Adds the limits.</summary>
    public static IServiceCollection AddLoadShedding(this IServiceCollection services, HttpSettings settings) => services.AddRateLimiter(limiter =>
    {
        limiter.AddPolicy(Policy, context => RateLimitPartition.GetConcurrencyLimiter(
            context.Request.Query.ContainsKey("wait"),
            waits => new ConcurrencyLimiterOptions { PermitLimit = waits ? settings.MostWaits : settings.MostInFlight, QueueLimit = 0 }));
        limiter.OnRejected = static async (rejection, _) => await Problem
            .TooMany("More requests are in flight than this process takes on; see Http:MostInFlight and Http:MostWaits. Send it again later.")
            .Write(rejection.HttpContext.Response, RetryAfter);
    });
}

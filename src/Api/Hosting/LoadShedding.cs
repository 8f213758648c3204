using System.Threading.RateLimiting;

namespace Orleans.Workflow.Api.Hosting;

/// <summary>
/// Refuses at once what cannot be answered soon: a queue in front of a service that is full only makes everybody late.
/// Requests that are held open are counted apart, so that they take no place from those that report to a workflow.
/// </summary>
internal sealed class LoadShedding(HttpSettings settings) : IDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly ConcurrencyLimiter _inFlight = Limiter(settings.MaxInFlight);
    private readonly ConcurrencyLimiter _heldOpen = Limiter(settings.MaxWaits);

    /// <summary>A place for a request, if there is one; to be disposed of when the request has its answer.</summary>
    public RateLimitLease Enter() => _inFlight.AttemptAcquire();

    /// <summary>Answers a request that got no place.</summary>
    public static Task Refuse(HttpResponse response) =>
        Problem
            .TooMany(
                "More requests are in flight than this process takes on; see Http:MaxInFlight and "
                    + "Http:MaxWaits. Send it again later."
            )
            .Write(response, RetryAfter);

    /// <summary>Runs a request if there is room for it.</summary>
    public async Task Run(HttpContext context, RequestDelegate answer, bool isHeldOpen)
    {
        using var lease =
            isHeldOpen || context.Request.Query.ContainsKey("wait") ? _heldOpen.AttemptAcquire() : Enter();
        await (lease.IsAcquired ? answer(context) : Refuse(context.Response));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _inFlight.Dispose();
        _heldOpen.Dispose();
    }

    private static ConcurrencyLimiter Limiter(int most) =>
        new(new ConcurrencyLimiterOptions { PermitLimit = most, QueueLimit = 0 });
}

/// <summary>Routes that take part in load shedding.</summary>
internal static class LoadSheddingRoutes
{
    /// <summary>
    /// Counts the requests of these routes. Around their own delegates: for a filter the framework wraps each request
    /// several times.
    /// </summary>
    /// <param name="routes">A route or a group.</param>
    /// <param name="heldOpen">Whether their answers last as long as the client likes.</param>
    public static TBuilder ShedLoad<TBuilder>(this TBuilder routes, bool heldOpen = false)
        where TBuilder : IEndpointConventionBuilder
    {
        routes.Finally(endpoint =>
        {
            var shedding = endpoint.ApplicationServices.GetRequiredService<LoadShedding>();
            var answer = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = context => shedding.Run(context, answer, heldOpen);
        });
        return routes;
    }
}

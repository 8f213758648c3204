using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Orleans.Workflow.Vendor;

/// <summary>Registers the client of the vendor's API.</summary>
public static class VendorServices
{
    /// <summary>Adds a <see cref="VendorClient"/>, with a token that all calls of the process share.</summary>
    public static IServiceCollection AddVendorClient(this IServiceCollection services, VendorOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        services
            .AddHttpClient(VendorConnection.HttpClientName)
            .ConfigureHttpClient(static client =>
            {
                // Each attempt has a time-out of its own, by the clock of the process.
                client.Timeout = System.Threading.Timeout.InfiniteTimeSpan;
                client.MaxResponseContentBufferSize = VendorConnection.MaxAnswerBytes;
            })
            .UseSocketsHttpHandler(
                static (handler, _) =>
                {
                    // A redirect would send secrets and numbers of persons to another address.
                    handler.AllowAutoRedirect = false;
                    handler.UseCookies = false;
                    handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5);
                }
            )
            .SetHandlerLifetime(System.Threading.Timeout.InfiniteTimeSpan)
            // They write headers at the level Trace; what is logged of calls is in Log.
            .RemoveAllLoggers();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<VendorConnection>();
        services.AddSingleton<VendorTokens>();
        services.AddSingleton(static provider => new VendorClient(
            provider.GetRequiredService<VendorConnection>(),
            provider.GetRequiredService<VendorTokens>()
        ));
        return services;
    }
}

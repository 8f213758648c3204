using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Workflow.Api.Hosting;

namespace Orleans.Workflow.Api.Security;

/// <summary>
/// Gives paths one form and takes secrets out of them before anything else sees a request. Middleware would come too
/// late: the host logs a request, and starts its trace, before the first of them.
/// </summary>
/// <param name="server">The server that listens.</param>
/// <param name="settings">Below which path the service is reached.</param>
/// <param name="sources">The sources.</param>
internal sealed class RedactingServer(IServer server, HttpSettings settings, Sources sources) : IServer
{
    /// <inheritdoc/>
    public IFeatureCollection Features => server.Features;

    /// <summary>Puts itself before the server that is registered.</summary>
    public static void Decorate(IServiceCollection services)
    {
        var inner = services.Single(static service => service.ServiceType == typeof(IServer)).ImplementationType!;
        services.Replace(
            ServiceDescriptor.Singleton<IServer>(provider => new RedactingServer(
                (IServer)ActivatorUtilities.CreateInstance(provider, inner),
                provider.GetRequiredService<HttpSettings>(),
                provider.GetRequiredService<Sources>()
            ))
        );
    }

    /// <inheritdoc/>
    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull =>
        server.StartAsync(
            new RedactingApplication<TContext>(application, settings.PathBase, sources),
            cancellationToken
        );

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => server.StopAsync(cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => server.Dispose();

    private sealed class RedactingApplication<TContext>(
        IHttpApplication<TContext> application,
        PathString pathBase,
        Sources sources
    ) : IHttpApplication<TContext>
        where TContext : notnull
    {
        public TContext CreateContext(IFeatureCollection contextFeatures)
        {
            RequestTarget.Normalise(contextFeatures, pathBase);
            SecretPath.Take(contextFeatures, sources);
            return application.CreateContext(contextFeatures);
        }

        public Task ProcessRequestAsync(TContext context) => application.ProcessRequestAsync(context);

        public void DisposeContext(TContext context, Exception? exception) =>
            application.DisposeContext(context, exception);
    }
}

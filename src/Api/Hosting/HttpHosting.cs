using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Net.Http.Headers;
using Orleans.Workflow.Api.Security;

namespace Orleans.Workflow.Api.Hosting;

/// <summary>Sets up the server that listens, and what it makes of a request before a route sees it.</summary>
internal static class HttpHosting
{
    /// <summary>Sets the limits of the server.</summary>
    public static void AddHttpServer(this WebApplicationBuilder builder, HttpSettings settings)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            var limits = kestrel.Limits;
            kestrel.AddServerHeader = false;

            // The limit on a body is our own, so that what is over it is answered and kept like every other refusal.
            // The rate at which it must arrive at least, 240 bytes a second after 5 seconds, is the server's.
            limits.MaxRequestBodySize = null;
            limits.RequestHeadersTimeout = settings.HeaderTimeout;

            // How many headers, and how large, is the server's too (100 and 32 KiB): gateways and single sign-on add
            // many of both.
            limits.MaxConcurrentConnections = settings.MaxConnections;
            limits.MaxConcurrentUpgradedConnections = 0;

            // Nobody reads it, so no byte in it is wrong; in UTF-8, which is the default, some are.
            kestrel.RequestHeaderEncodingSelector = static name =>
                name.Equals(HeaderNames.UserAgent, StringComparison.OrdinalIgnoreCase) ? Encoding.Latin1 : null;
        });

        // A call of the system less for each request; a connection that waits for one holds its block meanwhile.
        builder.WebHost.UseSockets(static sockets => sockets.WaitForDataBeforeAllocatingBuffer = false);
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, ReceiveBlocks>();

        // Below this level the server quotes the line that it cannot read, which may hold a secret.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Warning);
        RedactingServer.Decorate(builder.Services);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton<ServerRefusals>();
        builder.Services.AddHostedService<Draining>();
    }

    /// <summary>
    /// Takes the sender's address, and where it sees this service, from the headers of proxies that are trusted;
    /// without any the headers are not looked at.
    /// </summary>
    public static void UseTrustedProxies(this WebApplication app)
    {
        var settings = app.Services.GetRequiredService<HttpSettings>();
        if (settings.TrustedProxies.IsEmpty)
            return;

        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders =
                ForwardedHeaders.XForwardedFor
                | ForwardedHeaders.XForwardedProto
                | ForwardedHeaders.XForwardedHost
                | ForwardedHeaders.XForwardedPrefix,

            // From the last proxy back to the first address that is none of them.
            ForwardLimit = null,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in settings.TrustedProxies)
            options.KnownIPNetworks.Add(network);

        // A proxy that does not set the prefix passes on what a stranger sent, and it is written into pages.
        app.Use(
            static (context, next) =>
            {
                if (
                    context.Request.Headers.TryGetValue(
                        ForwardedHeadersDefaults.XForwardedPrefixHeaderName,
                        out var prefix
                    ) && !HttpSettings.IsPathBase(prefix.ToString())
                )
                    context.Request.Headers.Remove(ForwardedHeadersDefaults.XForwardedPrefixHeaderName);

                return next(context);
            }
        );
        app.UseForwardedHeaders(options);
    }
}

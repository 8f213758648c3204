using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace Orleans.Workflow.Hosting;

/// <summary>
/// Gives the sockets of silos and of their clients a limit on silence. Orleans' own sockets have none: while sent bytes
/// are not acknowledged, because a firewall has forgotten the connection, they wait for a quarter of an hour.
/// </summary>
internal static class SiloSockets
{
    private const int Tcp = 6;
    private const int UserTimeout = 18;

    /// <summary>Replaces the sockets that Orleans has registered.</summary>
    /// <param name="services">The services of a silo or of a client.</param>
    /// <param name="silence">After so long without an acknowledgement a connection is closed.</param>
    public static void LimitSilence(this IServiceCollection services, TimeSpan silence)
    {
        // Orleans finds them by keys that it keeps to itself; a descriptor shows its key.
        foreach (var descriptor in services.Where(static descriptor => descriptor.IsKeyedService).ToList())
        {
            if (descriptor.ServiceType == typeof(IConnectionFactory))
            {
                services.Remove(descriptor);
                services.AddKeyedSingleton<IConnectionFactory>(descriptor.ServiceKey, (provider, _) =>
                    new Connector(silence, provider.GetRequiredService<ILoggerFactory>())
                );
            }
            else if (descriptor.ServiceType == typeof(IConnectionListenerFactory))
            {
                services.Remove(descriptor);
                services.AddKeyedSingleton<IConnectionListenerFactory>(descriptor.ServiceKey, (provider, _) =>
                    Listeners(silence, provider.GetRequiredService<ILoggerFactory>())
                );
            }
        }
    }

    /// <remarks>
    /// Without bounds of the buffers, as Orleans has them; there are few connections, so each has its buffer.
    /// </remarks>
    private static SocketTransportFactory Listeners(TimeSpan silence, ILoggerFactory loggers) =>
        new(
            Options.Create(
                new SocketTransportOptions
                {
                    MaxReadBufferSize = null,
                    MaxWriteBufferSize = null,
                    WaitForDataBeforeAllocatingBuffer = false,
                    CreateBoundListenSocket = endpoint =>
                    {
                        // What it accepts inherits its options.
                        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
                        Limit(socket, silence);
                        return socket;
                    },
                }
            ),
            loggers
        );

    private static void Limit(Socket socket, TimeSpan silence)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 1);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 1);

        // Keep-alive looks after idle connections only. Other systems have no such option, and keep Orleans' behaviour.
        if (OperatingSystem.IsLinux())
            socket.SetRawSocketOption(Tcp, UserTimeout, BitConverter.GetBytes((int)silence.TotalMilliseconds));
    }

    private sealed class Connector(TimeSpan silence, ILoggerFactory loggers) : IConnectionFactory, IDisposable
    {
        private readonly SocketConnectionContextFactory _contexts = new(
            new SocketConnectionFactoryOptions
            {
                MaxReadBufferSize = null,
                MaxWriteBufferSize = null,
                WaitForDataBeforeAllocatingBuffer = false,
            },
            loggers.CreateLogger<SocketConnectionContextFactory>()
        );

        /// <inheritdoc/>
        public async ValueTask<ConnectionContext> ConnectAsync(
            EndPoint endpoint,
            CancellationToken cancellationToken = default
        )
        {
            var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
            {
                LingerState = new LingerOption(true, 0),
                NoDelay = true,
            };
            try
            {
                Limit(socket, silence);
                await socket.ConnectAsync(endpoint, cancellationToken);
                return _contexts.Create(socket);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        /// <inheritdoc/>
        public void Dispose() => _contexts.Dispose();
    }
}

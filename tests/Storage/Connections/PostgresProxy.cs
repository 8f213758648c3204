using System.Net;
using System.Net.Sockets;

namespace Orleans.Workflow.Storage.Tests.Connections;

/// <summary>Stands between a silo and its PostgreSQL, and passes on what it is made to.</summary>
internal abstract class PostgresProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly string _host;
    private readonly int _port;
    private readonly Task _accepting;

    protected PostgresProxy(string host, int port)
    {
        (_host, _port) = (host, port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = Accept();
    }

    /// <summary>Where it listens on the loopback address.</summary>
    public int Port { get; }

    /// <summary>Cancelled when it is disposed of.</summary>
    protected CancellationToken Stopped => _stop.Token;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    /// <summary>Passes on what both sides send, until one is gone. Then both are closed.</summary>
    protected abstract Task Pass(NetworkStream client, NetworkStream server);

    private async Task Accept()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(Serve(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task Serve(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient { NoDelay = true })
        {
            client.NoDelay = true;
            try
            {
                await server.ConnectAsync(_host, _port, _stop.Token);
                await Pass(client.GetStream(), server.GetStream());
            }
            catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
            {
                // Either side is gone, and with it the other.
            }
        }
    }
}

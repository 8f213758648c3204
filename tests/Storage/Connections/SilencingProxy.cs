using System.Net;
using System.Net.Sockets;

namespace Orleans.Workflow.Storage.Tests.Connections;

/// <summary>
/// Stands between a silo and its PostgreSQL. Silenced, the connections that are open stay open and pass nothing on, as
/// behind a firewall that has forgotten them; new ones work.
/// </summary>
internal sealed class SilencingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly string _host;
    private readonly int _port;
    private readonly Task _accepting;
    private TaskCompletionSource _silence = new();

    public SilencingProxy(string host, int port)
    {
        (_host, _port) = (host, port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = Accept();
    }

    /// <summary>Where it listens on the loopback address.</summary>
    public int Port { get; }

    /// <summary>Silences the connections that are open.</summary>
    public void Silence() => Interlocked.Exchange(ref _silence, new TaskCompletionSource()).SetResult();

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task Accept()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(Serve(await _listener.AcceptTcpClientAsync(_stop.Token), _silence.Task));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task Serve(TcpClient client, Task silence)
    {
        using (client)
        using (var server = new TcpClient { NoDelay = true })
        {
            client.NoDelay = true;
            try
            {
                await server.ConnectAsync(_host, _port, _stop.Token);
                await Task.WhenAny(Pass(client, server, silence), Pass(server, client, silence));
            }
            catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
            {
                // Either side is gone, and with it the other.
            }
        }
    }

    private async Task Pass(TcpClient from, TcpClient to, Task silence)
    {
        var buffer = new byte[64 * 1024];
        while (await from.GetStream().ReadAsync(buffer, _stop.Token) is > 0 and var length)
        {
            if (silence.IsCompleted)
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _stop.Token);

            await to.GetStream().WriteAsync(buffer.AsMemory(0, length), _stop.Token);
        }
    }
}

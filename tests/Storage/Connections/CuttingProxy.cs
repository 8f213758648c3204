using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Orleans.Workflow.Storage.Tests.Connections;

/// <summary>
/// Stands between a silo and its PostgreSQL. Armed, it waits for the answer to a commit, lets the server finish it, and cuts the
/// connection instead of passing the answer on: the commit has happened, and its writer never hears of it.
/// </summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly string _host;
    private readonly int _port;
    private readonly Task _accepting;
    private int _armed;
    private int _swallowed;

    public CuttingProxy(string host, int port)
    {
        (_host, _port) = (host, port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = Accept();
    }

    /// <summary>Where it listens on the loopback address.</summary>
    public int Port { get; }

    /// <summary>How many answers it has swallowed.</summary>
    public int Swallowed => Volatile.Read(ref _swallowed);

    /// <summary>Swallows the answer to one commit.</summary>
    public void Arm() => Interlocked.Exchange(ref _armed, 1);

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
                var requests = client.GetStream().CopyToAsync(server.GetStream(), _stop.Token);
                await Task.WhenAny(requests, PassAnswers(server.GetStream(), client.GetStream()));
            }
            catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
            {
                // Either side is gone, and with it the other.
            }
        }
    }

    /// <summary>Passes the server's messages on: one byte of type, four of length, which counts itself, and the rest.</summary>
    private async Task PassAnswers(NetworkStream server, NetworkStream client)
    {
        var buffer = new byte[64 * 1024];
        var swallowing = false;
        while (true)
        {
            await server.ReadExactlyAsync(buffer.AsMemory(0, 5), _stop.Token);
            var length = 1 + BinaryPrimitives.ReadInt32BigEndian(buffer.AsSpan(1));
            if (length > buffer.Length)
                Array.Resize(ref buffer, length);

            await server.ReadExactlyAsync(buffer.AsMemory(5, length - 5), _stop.Token);
            swallowing = swallowing || (IsAnswerToCommit(buffer.AsSpan(0, length)) && Interlocked.Exchange(ref _armed, 0) == 1);
            if (!swallowing)
            {
                await client.WriteAsync(buffer.AsMemory(0, length), _stop.Token);
            }
            else if (buffer[0] == 'Z')
            {
                // Ready for the next query: what was asked is committed.
                Interlocked.Increment(ref _swallowed);
                return;
            }
        }
    }

    /// <summary>Whether it is a row of six columns that begins with a number and a false, as only a commit answers for what it has written.</summary>
    private static bool IsAnswerToCommit(ReadOnlySpan<byte> message) =>
        message is [(byte)'D', _, _, _, _, 0, 6, 0, 0, 0, 8, _, _, _, _, _, _, _, _, 0, 0, 0, 1, 0, ..];
}

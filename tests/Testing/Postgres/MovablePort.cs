using System.Net;
using System.Net.Sockets;

namespace Orleans.Workflow.Testing.Postgres;

/// <summary>
/// A loopback port that leads to a server, and to another one later, as the address of a primary does.
/// </summary>
public sealed class MovablePort : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;
    private CancellationTokenSource _moving = new();
    private int _target;

    /// <summary>Begins to listen.</summary>
    /// <param name="target">The loopback port that it leads to at first.</param>
    public MovablePort(int target)
    {
        _target = target;
        _listener.Start();
        Number = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = Accept();
    }

    /// <summary>The port.</summary>
    public int Number { get; }

    /// <summary>Leads to another port from now on, and ends the open connections.</summary>
    public void MoveTo(int target)
    {
        Volatile.Write(ref _target, target);
        using var before = Interlocked.Exchange(ref _moving, new CancellationTokenSource());
        before.Cancel();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Volatile.Read(ref _moving).CancelAsync();
    }

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_stopping.Token);
                _ = Pass(client, Volatile.Read(ref _moving).Token);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            // It is disposed of.
        }
    }

    private async Task Pass(Socket client, CancellationToken moved)
    {
        using (client)
        using (var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            client.NoDelay = server.NoDelay = true;
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, Volatile.Read(ref _target), moved);
                await using var here = new NetworkStream(client);
                await using var there = new NetworkStream(server);

                // One end is the end of both.
                await Task.WhenAny(here.CopyToAsync(there, moved), there.CopyToAsync(here, moved));
            }
            catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
            {
                // The client sees that its connection has ended.
            }
        }
    }
}

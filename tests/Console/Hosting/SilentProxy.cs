using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Orleans.Workflow.Console.Tests.Hosting;

/// <summary>
/// A TCP proxy before an HTTP/1.1 server, whose connections can fall silent: they stay open, and nothing passes any
/// more. It knows which of them carry a stream of events.
/// </summary>
internal sealed class SilentProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Passage, bool> _passages = new();
    private readonly Uri _target;
    private volatile bool _areNewSilent;
    private int _closedStreams;

    public SilentProxy(Uri target)
    {
        _target = target;
        _listener.Start();
        _ = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>The streams of events that are open.</summary>
    public int OpenStreams => _passages.Keys.Count(static passage => passage.IsStream);

    /// <summary>The streams of events that were closed so far.</summary>
    public int ClosedStreams => Volatile.Read(ref _closedStreams);

    /// <summary>Lets the open connections fall silent for good.</summary>
    /// <param name="streamsOnly">Those that carry a stream of events, or all.</param>
    /// <param name="alsoNew">Whether new connections are silent too, until <see cref="PassNew"/>.</param>
    public void Silence(bool streamsOnly = false, bool alsoNew = false)
    {
        _areNewSilent = alsoNew;
        foreach (var passage in _passages.Keys.Where(passage => passage.IsStream || !streamsOnly))
            passage.IsSilent = true;
    }

    /// <summary>Lets new connections pass again; those that are silent stay so.</summary>
    public void PassNew() => _areNewSilent = false;

    public ValueTask DisposeAsync()
    {
        _listener.Dispose();
        foreach (var passage in _passages.Keys)
            passage.Dispose();

        return ValueTask.CompletedTask;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = PassAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The proxy was closed.
        }
    }

    private async Task PassAsync(TcpClient client)
    {
        using var passage = new Passage(client) { IsSilent = _areNewSilent };
        _passages[passage] = true;
        try
        {
            await passage.Server.ConnectAsync(IPAddress.Loopback, _target.Port);
            await Task.WhenAny(
                passage.PumpAsync(client, passage.Server, static _ => { }),
                passage.PumpAsync(passage.Server, client, passage.SeeAnswer)
            );
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException)
        {
            // Either end went away.
        }
        finally
        {
            _passages.TryRemove(passage, out _);
            if (passage.IsStream)
                Interlocked.Increment(ref _closedStreams);
        }
    }

    private sealed class Passage(TcpClient client) : IDisposable
    {
        private volatile bool _isSilent;
        private volatile bool _isStream;

        public TcpClient Server { get; } = new();

        public bool IsSilent
        {
            get => _isSilent;
            set => _isSilent = value;
        }

        public bool IsStream => _isStream;

        public async Task PumpAsync(TcpClient from, TcpClient to, Action<ReadOnlyMemory<byte>> see)
        {
            var buffer = new byte[65536];
            try
            {
                for (int read; (read = await from.GetStream().ReadAsync(buffer)) > 0; )
                {
                    see(buffer.AsMemory(0, read));
                    if (!IsSilent)
                        await to.GetStream().WriteAsync(buffer.AsMemory(0, read));
                }
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
            {
                // Either end went away.
            }
        }

        /// <summary>A connection carries a stream from its header on.</summary>
        public void SeeAnswer(ReadOnlyMemory<byte> data)
        {
            var text = Encoding.ASCII.GetString(data.Span[..Math.Min(data.Length, 2048)]);
            if (text.StartsWith("HTTP/1.1", StringComparison.Ordinal))
                _isStream = text.Contains("text/event-stream", StringComparison.Ordinal);
        }

        public void Dispose()
        {
            client.Dispose();
            Server.Dispose();
        }
    }
}

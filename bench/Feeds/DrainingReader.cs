using System.Net.Sockets;
using System.Text;

namespace Orleans.Workflow.Benchmarks.Feeds;

/// <summary>
/// A reader of the whole feed that throws away what it gets: it shares the machine with what is measured.
/// </summary>
internal sealed class DrainingReader : IAsyncDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
    private Task _reading = Task.CompletedTask;
    private long _bytes;

    private DrainingReader() { }

    /// <summary>How much it got.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    public static async Task<DrainingReader> OpenAsync(Uri address)
    {
        var reader = new DrainingReader();
        await reader._socket.ConnectAsync(address.Host, address.Port);
        await reader._socket.SendAsync(
            Encoding.ASCII.GetBytes($"GET /events HTTP/1.1\r\nHost: {address.Authority}\r\n\r\n")
        );
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        reader._reading = reader.DrainAsync(begun);
        await begun.Task;
        return reader;
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _reading;
    }

    private async Task DrainAsync(TaskCompletionSource begun)
    {
        var buffer = new byte[256 * 1024];
        try
        {
            while (await _socket.ReceiveAsync(buffer) is > 0 and var received)
            {
                Interlocked.Add(ref _bytes, received);
                begun.TrySetResult();
            }

            begun.TrySetException(new BenchmarkException("The feed ended before it began."));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Closed by us.
        }
    }
}

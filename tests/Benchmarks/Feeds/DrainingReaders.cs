using System.Net.Sockets;
using System.Text;

namespace Orleans.Workflow.Benchmarks.Feeds;

/// <summary>Readers of the feed that throw away what they get: they share the machine with what is measured.</summary>
internal sealed class DrainingReaders : IAsyncDisposable
{
    private readonly List<Socket> _sockets = [];
    private readonly List<Task> _reading = [];
    private long _bytes;

    private DrainingReaders()
    {
    }

    /// <summary>How much they got.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    public static async Task<DrainingReaders> OpenAsync(Uri address, int count)
    {
        var readers = new DrainingReaders();
        for (var i = 0; i < count; i++)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(address.Host, address.Port);
            await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /events HTTP/1.1\r\nHost: {address.Authority}\r\n\r\n"));
            var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            readers._sockets.Add(socket);
            readers._reading.Add(readers.DrainAsync(socket, begun));
            await begun.Task;
        }

        return readers;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var socket in _sockets)
            socket.Dispose();

        await Task.WhenAll(_reading);
    }

    private async Task DrainAsync(Socket socket, TaskCompletionSource begun)
    {
        var buffer = new byte[256 * 1024];
        try
        {
            while (await socket.ReceiveAsync(buffer) is > 0 and var received)
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

using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Orleans.Workflow.Api.Tests.Http;

/// <summary>A connection on which bytes go out as they are, when they are.</summary>
internal sealed class RawConnection : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    private RawConnection() { }

    public static async Task<RawConnection> OpenAsync(Uri root)
    {
        var connection = new RawConnection();
        await connection._socket.ConnectAsync(
            IPAddress.Parse(root.Host),
            root.Port,
            TestContext.Current.CancellationToken
        );
        return connection;
    }

    /// <summary>Sends a text; false if the other side has closed.</summary>
    public async Task<bool> SendAsync(string text)
    {
        try
        {
            await _socket.SendAsync(Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Sends a text again and again, with pauses, until the other side answers or closes.</summary>
    public async Task DripAsync(string text, TimeSpan pause)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (_socket.Available == 0 && await SendAsync(text))
        {
            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(Deadline, "the server keeps a slow sender");
            await Task.Delay(pause, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>All that the other side sends until it closes.</summary>
    public async Task<string> ReadToEndAsync()
    {
        using var timeout = new CancellationTokenSource(Deadline);
        var answer = new MemoryStream();
        var buffer = new byte[4096];
        try
        {
            while (await _socket.ReceiveAsync(buffer, timeout.Token) is > 0 and var count)
                answer.Write(buffer, 0, count);
        }
        catch (SocketException)
        {
            // Cut off, which is a close too.
        }

        return Encoding.Latin1.GetString(answer.ToArray());
    }

    public void Dispose() => _socket.Dispose();
}

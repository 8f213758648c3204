using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Orleans.Workflow.Fuzz.Tests.Requests;

namespace Orleans.Workflow.Fuzz.Tests.Http;

/// <summary>
/// A connection that sends any bytes. It is opened again when the service has closed it.
/// </summary>
internal sealed class RawConnection(int port) : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private Socket? _socket;
    private BufferedStream? _stream;

    /// <summary>Sends a request and reads its answer.</summary>
    /// <exception cref="OperationCanceledException">There was neither an answer nor an end in time.</exception>
    public async Task<RawResponse> Send(FuzzRequest request)
    {
        if (request.Expected == Expected.Survived)
            await DisposeAsync();

        using var timeout = new CancellationTokenSource(Timeout);
        await Open(timeout.Token);
        try
        {
            await _socket!.SendAsync(request.Bytes, timeout.Token);
            if (request.Expected == Expected.Survived)
                _socket.Shutdown(SocketShutdown.Send);

            var answer = await Read(request.IsHead, timeout.Token);
            if (request.Expected == Expected.Survived || answer.Status == 0 || answer.Header("connection") == "close")
                await DisposeAsync();

            return answer;
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            await DisposeAsync();
            return RawResponse.None;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stream is not null)
            await _stream.DisposeAsync();

        (_socket, _stream) = (null, null);
    }

    private async Task Open(CancellationToken cancellation)
    {
        if (_socket is not null)
            return;

        _socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await _socket.ConnectAsync(IPAddress.Loopback, port, cancellation);
        _stream = new BufferedStream(new NetworkStream(_socket, ownsSocket: true), 16 * 1024);
    }

    private async Task<RawResponse> Read(bool isHead, CancellationToken cancellation)
    {
        if (await Line(cancellation) is not { Length: > 0 } first)
            return RawResponse.None;

        var status = int.Parse(first.Split(' ')[1], CultureInfo.InvariantCulture);
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        while (await Line(cancellation) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers[line[..colon].ToLowerInvariant()] = line[(colon + 1)..].Trim();
        }

        var body =
            isHead || status is 204 or 304 ? []
            : headers.ContainsKey("transfer-encoding") ? await Chunked(cancellation)
            : await Exactly(
                int.Parse(headers.GetValueOrDefault("content-length", "0"), CultureInfo.InvariantCulture),
                cancellation
            );
        return new RawResponse(status, headers, body);
    }

    private async Task<byte[]> Chunked(CancellationToken cancellation)
    {
        var body = new List<byte>();
        while (
            int.Parse(await Line(cancellation) ?? "0", NumberStyles.HexNumber, CultureInfo.InvariantCulture)
                is > 0
                    and var length
        )
        {
            body.AddRange(await Exactly(length, cancellation));
            await Line(cancellation);
        }

        await Line(cancellation);
        return [.. body];
    }

    private async Task<byte[]> Exactly(int length, CancellationToken cancellation)
    {
        var bytes = new byte[length];
        await _stream!.ReadExactlyAsync(bytes, cancellation);
        return bytes;
    }

    private async Task<string?> Line(CancellationToken cancellation)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (await _stream!.ReadAsync(one, cancellation) == 1)
        {
            if (one[0] == '\n')
                return line.ToString().TrimEnd('\r');

            line.Append((char)one[0]);
        }

        return null;
    }
}

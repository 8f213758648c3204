using System.Net.Sockets;

namespace Orleans.Workflow.Benchmarks.Load;

/// <summary>A kept-alive connection with at most one request under way.</summary>
internal sealed class Connection : IDisposable
{
    private byte[] _received = new byte[64 * 1024];
    private int _receivedCount;
    private int _sentCount;

    public Connection(int number, Uri address)
    {
        Number = number;
        Socket.Connect(address.Host, address.Port);
        Socket.Blocking = false;
    }

    public int Number { get; }

    public Socket Socket { get; } =
        new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    public RequestBuffer Request { get; } = new();

    /// <summary>When the request under way was meant to be sent (a Stopwatch timestamp).</summary>
    public long IntendedAt { get; private set; }

    public bool IsBusy { get; private set; }

    /// <summary>Whether the request is still being written.</summary>
    public bool IsSending => IsBusy && _sentCount < Request.Bytes.Length;

    /// <summary>Starts the request that is in <see cref="Request"/>.</summary>
    public void Start(long intendedAt)
    {
        (IntendedAt, IsBusy, _sentCount, _receivedCount) = (intendedAt, true, 0, 0);
        Send();
    }

    /// <summary>Writes as much as the kernel takes.</summary>
    public void Send()
    {
        while (IsSending)
        {
            var sent = Socket.Send(Request.Bytes[_sentCount..], SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
                return;

            if (error != SocketError.Success)
                throw new SocketException((int)error);

            _sentCount += sent;
        }
    }

    /// <summary>Reads what has come.</summary>
    /// <returns>Whether the answer is complete.</returns>
    public bool TryReceive(out Response response)
    {
        response = default;
        if (_receivedCount == _received.Length)
            Array.Resize(ref _received, _received.Length * 2);

        var count = Socket.Receive(_received.AsSpan(_receivedCount), SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
            return false;

        if (error != SocketError.Success)
            throw new SocketException((int)error);

        if (count == 0)
            throw new IOException("The service closed a connection in the middle of a run.");

        _receivedCount += count;
        if (!ResponseParser.TryParse(_received.AsSpan(0, _receivedCount), out response))
            return false;

        IsBusy = false;
        return true;
    }

    public void Dispose() => Socket.Dispose();
}

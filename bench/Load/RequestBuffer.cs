using System.Buffers.Text;

namespace Orleans.Workflow.Benchmarks.Load;

/// <summary>One request as bytes. A body is written first, its head then put before it.</summary>
internal sealed class RequestBuffer
{
    private const int HeadRoom = 256;

    private byte[] _bytes = new byte[64 * 1024];
    private int _start;
    private int _end;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(_start, _end - _start);

    /// <summary>The body written so far.</summary>
    public ReadOnlySpan<byte> Body => _bytes.AsSpan(HeadRoom, _end - HeadRoom);

    public void Clear() => _start = _end = HeadRoom;

    public RequestBuffer Add(ReadOnlySpan<byte> utf8)
    {
        if (_end + utf8.Length > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _end + utf8.Length));

        utf8.CopyTo(_bytes.AsSpan(_end));
        _end += utf8.Length;
        return this;
    }

    public RequestBuffer Add(in Id id)
    {
        Span<byte> hex = stackalloc byte[Id.Length];
        id.Write(hex);
        return Add(hex);
    }

    public RequestBuffer Add(int number)
    {
        Span<byte> digits = stackalloc byte[11];
        Utf8Formatter.TryFormat(number, digits, out var written);
        return Add(digits[..written]);
    }

    /// <summary>Puts the head of a POST of a status change before the body.</summary>
    public void FinishPost() =>
        FinishPost(
            "POST /webhooks/airudder/workflow-status HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Airudder\r\n"u8
                + "Content-Type: application/json\r\nContent-Length: "u8
        );

    /// <summary>Puts the head of a POST of a call completion before the body.</summary>
    public void FinishCall() =>
        FinishPost(
            "POST /webhooks/airudder/call-completion HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Airudder\r\n"u8
                + "Content-Type: application/json\r\nContent-Length: "u8
        );

    private void FinishPost(ReadOnlySpan<byte> fixedPart)
    {
        var length = _end - HeadRoom;
        Span<byte> head = stackalloc byte[HeadRoom];
        fixedPart.CopyTo(head);
        Utf8Formatter.TryFormat(length, head[fixedPart.Length..], out var digits);
        "\r\n\r\n"u8.CopyTo(head[(fixedPart.Length + digits)..]);
        var size = fixedPart.Length + digits + 4;
        _start = HeadRoom - size;
        head[..size].CopyTo(_bytes.AsSpan(_start));
    }

    /// <summary>Makes it a GET of a workflow.</summary>
    public void Get(in Id workflow)
    {
        Clear();
        Add("GET /workflows/"u8).Add(workflow).Add(EndOfGet);
    }

    /// <summary>Makes it a GET of a node task.</summary>
    public void Get(in Id workflow, in Id node)
    {
        Clear();
        Add("GET /workflows/"u8).Add(workflow).Add("/nodes/"u8).Add(node).Add(EndOfGet);
    }

    private static ReadOnlySpan<byte> EndOfGet => " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"u8;
}

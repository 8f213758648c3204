using System.Buffers.Text;

namespace Orleans.Workflow.Benchmarks.Load;

/// <summary>Finds where an HTTP/1.1 answer ends and what it says: no more than a load generator needs.</summary>
internal static class ResponseParser
{
    /// <summary>Reads an answer.</summary>
    /// <param name="received">All bytes since the request.</param>
    /// <param name="response">What it says, once it is complete.</param>
    /// <returns>Whether it is complete.</returns>
    public static bool TryParse(ReadOnlySpan<byte> received, out Response response)
    {
        response = default;
        var headEnd = received.IndexOf("\r\n\r\n"u8);
        if (headEnd < 0)
            return false;

        var head = received[..(headEnd + 2)];
        var body = received[(headEnd + 4)..];
        if (!Utf8Parser.TryParse(head["HTTP/1.1 ".Length..], out int status, out _))
            return false;

        var length = Header(head, "Content-Length: "u8);
        bool complete;
        if (!length.IsEmpty)
            complete = Utf8Parser.TryParse(length, out int expected, out _) && body.Length >= expected;
        else if (!Header(head, "Transfer-Encoding: "u8).IsEmpty)
            complete = IsChunkedBodyComplete(body);
        else
            complete = true;

        if (complete)
            response = new Response(status, Header(head, "X-Effect: "u8).SequenceEqual("advanced"u8));

        return complete;
    }

    private static ReadOnlySpan<byte> Header(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        // Kestrel writes its own headers in this spelling; the effect's header is ours.
        var start = head.IndexOf(name);
        if (start < 0)
            return default;

        var value = head[(start + name.Length)..];
        return value[..value.IndexOf((byte)'\r')];
    }

    private static bool IsChunkedBodyComplete(ReadOnlySpan<byte> body)
    {
        while (true)
        {
            var lineEnd = body.IndexOf("\r\n"u8);
            if (lineEnd < 0 || !Utf8Parser.TryParse(body[..lineEnd], out int size, out _, 'x'))
                return false;

            var next = lineEnd + 2 + size + 2;
            if (body.Length < next)
                return false;

            if (size == 0)
                return true;

            body = body[next..];
        }
    }
}

/// <summary>An answer: its status, and whether the product said that the notification advanced the workflow.</summary>
internal readonly record struct Response(int Status, bool Advanced)
{
    public bool IsSuccess => Status is >= 200 and < 300;
}

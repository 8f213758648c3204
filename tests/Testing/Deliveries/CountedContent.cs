using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Mime;

namespace Orleans.Workflow.Testing.Deliveries;

/// <summary>
/// A body that knows how often it was put on the wire: the HTTP client may do so again by itself, when a connection
/// that it kept was closed meanwhile.
/// </summary>
internal sealed class CountedContent : HttpContent
{
    private readonly ImmutableArray<byte> _body;

    public CountedContent(ImmutableArray<byte> body)
    {
        _body = body;
        Headers.ContentType = new MediaTypeHeaderValue(MediaTypeNames.Application.Json);
    }

    public int Written { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream,
        TransportContext? context,
        CancellationToken cancellationToken
    )
    {
        // Counted first: a write that fails may have arrived.
        Written++;
        await stream.WriteAsync(_body.AsMemory(), cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }
}

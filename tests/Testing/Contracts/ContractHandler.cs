namespace Orleans.Workflow.Testing.Contracts;

/// <summary>
/// Passes requests on and compares every answer with the contract. A stream is compared by its reader, event for event.
/// </summary>
/// <param name="inner">What sends the requests.</param>
/// <param name="prefix">What all paths of the service begin with, as behind a proxy.</param>
public sealed class ContractHandler(HttpMessageHandler? inner = null, string prefix = "")
    : DelegatingHandler(inner ?? new SocketsHttpHandler())
{
    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var response = await base.SendAsync(request, cancellationToken);
        var contentType = response.Content.Headers.ContentType?.MediaType;
        if (contentType == "text/event-stream")
            return response;

        await response.Content.LoadIntoBufferAsync(cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        Contract.Check(request.Method.Method, PathOf(request.RequestUri!), (int)response.StatusCode, contentType, body);
        return response;
    }

    // A URL that is sent as it is written has no parts.
    private string PathOf(Uri uri)
    {
        var path = uri.PathAndQuery.Split('?')[0];
        return path.StartsWith(prefix, StringComparison.Ordinal) ? path[prefix.Length..] : path;
    }
}

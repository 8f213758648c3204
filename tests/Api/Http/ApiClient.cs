using System.Net;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Net.Sockets;
using System.Text;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Testing.Campaigns;
using Orleans.Workflow.Testing.Contracts;

namespace Orleans.Workflow.Api.Tests.Http;

/// <summary>
/// A plain HTTP client, which compares every answer with the contract. Paths go out exactly as they are written: ids
/// must be percent-encoded before.
/// </summary>
/// <param name="root">The product's address.</param>
/// <param name="from">The local address that it sends from; null for any.</param>
/// <param name="prefix">What all paths begin with, as behind a proxy.</param>
public sealed class ApiClient(Uri root, IPAddress? from = null, string prefix = "") : IDisposable
{
    public const string Webhook = "/webhooks/airudder/workflow-status";

    private static readonly UriCreationOptions AsWritten = new()
    {
        DangerousDisablePathAndQueryCanonicalization = true,
    };

    // No connection is kept longer than a request needs: the process behind it may be killed at any time.
    private readonly HttpClient _http = new(
        new ContractHandler(
            new SocketsHttpHandler
            {
                PooledConnectionIdleTimeout = TimeSpan.FromSeconds(5),
                AllowAutoRedirect = false,
                ConnectCallback = from is null
                    ? null
                    : (context, cancellation) => Connect(from, context.DnsEndPoint, cancellation),
                RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            },
            prefix
        )
    )
    {
        Timeout = TimeSpan.FromSeconds(90),
    };

    /// <summary>Where the product listens.</summary>
    public Uri Root => root;

    /// <summary>The path of a workflow.</summary>
    public static string Of(string workflowId) => $"/workflows/{Uri.EscapeDataString(workflowId)}";

    public Task<Reply> GetAsync(string pathAndQuery, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Get, pathAndQuery, null, headers);

    /// <summary>Sends a notification as the vendor would.</summary>
    public Task<Reply> NotifyAsync(StatusChange notification) => PostAsync(VendorJson.Write(notification));

    /// <summary>Sends a notification and expects that it is taken.</summary>
    public async Task<Reply> ReportAsync(StatusChange notification) => (await NotifyAsync(notification)).Expect(200);

    public Task<Reply> PostAsync(
        byte[] body,
        string path = Webhook,
        string? contentType = MediaTypeNames.Application.Json,
        params (string Name, string Value)[] headers
    )
    {
        var content = new ByteArrayContent(body);
        if (contentType is not null)
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);

        return SendAsync(HttpMethod.Post, path, content, headers);
    }

    /// <summary>Sends a body with any method, as JSON.</summary>
    public Task<Reply> SendBodyAsync(string method, string path, byte[] body)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypeNames.Application.Json);
        return SendAsync(new HttpMethod(method), path, content, []);
    }

    /// <summary>Sends a body that is encoded in some way.</summary>
    public Task<Reply> PostEncodedAsync(
        byte[] body,
        string coding,
        string path = Webhook,
        string? contentType = MediaTypeNames.Application.Json,
        params (string Name, string Value)[] headers
    )
    {
        var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Encoding", coding);
        if (contentType is not null)
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);

        return SendAsync(HttpMethod.Post, path, content, headers);
    }

    /// <summary>Sends a body in chunks, without saying how long it is.</summary>
    public Task<Reply> PostChunkedAsync(byte[] body, string path = Webhook)
    {
        var content = new StreamContent(new MemoryStream(body));
        content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypeNames.Application.Json);
        return SendAsync(HttpMethod.Post, path, content, [("Transfer-Encoding", "chunked")]);
    }

    /// <summary>Sends a request without a body, with any method.</summary>
    public Task<Reply> SendAsync(string method, string pathAndQuery, params (string Name, string Value)[] headers) =>
        SendAsync(new HttpMethod(method), pathAndQuery, null, headers);

    public void Dispose() => _http.Dispose();

    private static async ValueTask<Stream> Connect(IPAddress from, DnsEndPoint to, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(from, 0));
        await socket.ConnectAsync(to, cancellation);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private async Task<Reply> SendAsync(
        HttpMethod method,
        string pathAndQuery,
        HttpContent? content,
        (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(
            method,
            new Uri(root.GetLeftPart(UriPartial.Authority) + pathAndQuery, AsWritten)
        );
        request.Content = content;
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();

        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return new Reply(
            (int)response.StatusCode,
            response.Headers,
            response.Content.Headers.ContentType,
            await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)
        );
    }
}

using System.Collections.Concurrent;
using System.Net;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Testing.Telemetry;

/// <summary>A collector on the loopback address: takes OTLP over HTTP and keeps what it is sent.</summary>
public sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<(string Path, byte[] Body)> _requests = new();
    private readonly Task _serving;

    /// <summary>Starts to listen.</summary>
    public OtlpReceiver()
    {
        Address = new Uri($"http://127.0.0.1:{FreePort.Next()}/");
        _listener.Prefixes.Add(Address.ToString());
        _listener.Start();
        _serving = Serve();
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>The settings that make a process of the product send here.</summary>
    public IEnumerable<string> Settings =>
        [$"--Telemetry:Otlp:Endpoint={Address}", "--Telemetry:Otlp:Protocol=HttpProtobuf"];

    /// <summary>The spans received so far.</summary>
    public IReadOnlyList<ReceivedSpan> Spans => [.. Of("/v1/traces").SelectMany(ReceivedSpan.Read)];

    /// <summary>The log lines received so far.</summary>
    public IReadOnlyList<ReceivedLog> Logs => [.. Of("/v1/logs").SelectMany(ReceivedLog.Read)];

    /// <summary>How many deliveries of metrics there were.</summary>
    public int MetricDeliveries => _requests.Count(static request => request.Path == "/v1/metrics");

    /// <summary>Everything received so far, byte for byte.</summary>
    public IEnumerable<byte[]> Bodies => _requests.Select(static request => request.Body);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
        _listener.Close();
    }

    private IEnumerable<ProtobufMessage> Of(string path) =>
        _requests.Where(request => request.Path == path).Select(static request => new ProtobufMessage(request.Body));

    private async Task Serve()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            _requests.Enqueue((context.Request.Url!.AbsolutePath, body.ToArray()));
            context.Response.ContentType = "application/x-protobuf";
            context.Response.Close();
        }
    }
}

using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using Orleans.Workflow.Testing.Contracts;

namespace Orleans.Workflow.Testing.Feeds;

/// <summary>An event as a reader gets it.</summary>
/// <param name="Id">The id that was received last.</param>
/// <param name="Type">What kind of event.</param>
/// <param name="Data">What it carries.</param>
public sealed record ReceivedEvent(string Id, string Type, string Data);

/// <summary>
/// Reads server-sent events as the standard of HTML has it (https://html.spec.whatwg.org/#event-stream-interpretation),
/// and remembers the last id, from which a browser would continue.
/// </summary>
/// <param name="headers">Headers of its requests, such as a credential.</param>
public sealed class FeedReader(params (string Name, string Value)[] headers) : IDisposable
{
    private readonly HttpClient _http = new(
        new ContractHandler(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(2) })
    )
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>The id that was received last, with an event or alone; null before.</summary>
    public string? LastId { get; private set; }

    /// <summary>A place without an event was read: the stream begins, or has been silent for a while.</summary>
    public event EventHandler? PlaceRead;

    /// <summary>Reads events, after the last id if there is one, until the stream ends.</summary>
    /// <exception cref="HttpRequestException">The answer is not 200, or the connection broke.</exception>
    public async IAsyncEnumerable<ReceivedEvent> Read(Uri url, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (LastId is not null)
            request.Headers.Add("Last-Event-ID", LastId);

        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);

        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (
            response.StatusCode != HttpStatusCode.OK
            || response.Content.Headers.ContentType?.MediaType != "text/event-stream"
        )
        {
            throw new HttpRequestException(
                HttpRequestError.InvalidResponse,
                $"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellation)}",
                statusCode: response.StatusCode
            );
        }

        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancellation));
        var (id, type, data) = (LastId, "message", (string?)null);
        while (await lines.ReadLineAsync(cancellation) is { } line)
        {
            if (line.Length > 0)
            {
                var (field, value) = Split(line);
                id = field == "id" ? value : id;
                type = field == "event" ? value : type;
                data = field == "data" ? (data is null ? value : $"{data}\n{value}") : data;
                continue;
            }

            // Only a whole block counts: what a broken connection leaves of one is thrown away.
            LastId = id;
            if (data is not null)
            {
                Contract.Check("GET", url.AbsolutePath, 200, "text/event-stream", Encoding.UTF8.GetBytes(data));
                yield return new ReceivedEvent(id ?? string.Empty, type, data);
            }
            else
            {
                PlaceRead?.Invoke(this, EventArgs.Empty);
            }

            (type, data) = ("message", null);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static (string Field, string Value) Split(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
            return (line, string.Empty);

        var value = line[(colon + 1)..];
        return (line[..colon], value.StartsWith(' ') ? value[1..] : value);
    }
}

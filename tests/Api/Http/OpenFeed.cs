using System.Text.Json;
using System.Threading.Channels;
using Orleans.Workflow.Testing.Feeds;

namespace Orleans.Workflow.Api.Tests.Http;

/// <summary>A feed that is being read.</summary>
internal sealed class OpenFeed : IAsyncDisposable
{
    private readonly Channel<ReceivedEvent> _events = Channel.CreateUnbounded<ReceivedEvent>();
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _closing;
    private readonly Task _reading;

    private OpenFeed(FeedReader reader, Uri url, CancellationToken cancellation)
    {
        _closing = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _reading = ReadAsync(reader, url);
    }

    /// <summary>The event that <see cref="Next"/> gave last.</summary>
    public ReceivedEvent? Latest { get; private set; }

    /// <summary>Completes when the stream has ended.</summary>
    public Task Ended => _reading;

    /// <summary>Opens a feed. It has every change that happens after this has returned.</summary>
    public static async Task<OpenFeed> StartAsync(FeedReader reader, Uri url, CancellationToken cancellation)
    {
        var feed = new OpenFeed(reader, url, cancellation);
        await await Task.WhenAny(feed._begun.Task, feed._reading);
        return feed;
    }

    /// <summary>The next change.</summary>
    public async Task<JsonElement> Next()
    {
        Latest = await _events.Reader.ReadAsync(_closing.Token);
        return JsonSerializer.Deserialize<JsonElement>(Latest.Data);
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _reading;
        _closing.Dispose();
    }

    private async Task ReadAsync(FeedReader reader, Uri url)
    {
        reader.PlaceRead += Begin;
        try
        {
            await foreach (var received in reader.Read(url, _closing.Token))
                await _events.Writer.WriteAsync(received);

            _events.Writer.Complete();
        }
        catch (OperationCanceledException)
        {
            // Closed.
        }
        finally
        {
            reader.PlaceRead -= Begin;
        }
    }

    private void Begin(object? sender, EventArgs e) => _begun.TrySetResult();
}

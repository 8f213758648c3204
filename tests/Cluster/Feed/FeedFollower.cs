using System.Text.Json;
using Orleans.Workflow.Testing.Feeds;

namespace Orleans.Workflow.Cluster.Tests.Feed;

/// <summary>A change as a reader got it.</summary>
internal sealed record FollowedChange(long Position, string WorkflowId, long Version, int Transitions);

/// <summary>A reader that goes away again and again and comes back to any Api, from where it was.</summary>
/// <param name="seed">When it goes away, and where it comes back.</param>
/// <param name="apis">The Apis that there are now.</param>
/// <param name="path">What it reads.</param>
internal sealed class FeedFollower(int seed, Func<IReadOnlyList<Uri>> apis, string path = "/events") : IDisposable
{
    private readonly FeedReader _reader = new();
    private readonly Random _random = new(seed);
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when it has a position, after which it must get every change.</summary>
    public Task Begun => _begun.Task;

    /// <summary>What it got, as it came.</summary>
    public List<FollowedChange> Changes { get; } = [];

    /// <summary>The receipts of the facts that it got, as they came.</summary>
    public List<Guid> Facts { get; } = [];

    /// <summary>How often it came back.</summary>
    public int Returns { get; private set; }

    /// <summary>Reads until a position has been reached, which may be known later.</summary>
    public Task FollowAsync(Task<long> last, CancellationToken cancellation) =>
        FollowAsync(last, Task.FromResult(0), cancellation);

    /// <summary>Reads until a position has been reached and so many facts have come.</summary>
    public async Task FollowAsync(Task<long> last, Task<int> facts, CancellationToken cancellation)
    {
        _reader.PlaceRead += (_, _) => _begun.TrySetResult();
        while (
            !last.IsCompleted || Changes.Count == 0 || Changes[^1].Position < await last || Facts.Count < await facts
        )
        {
            using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            leaving.CancelAfter(TimeSpan.FromMilliseconds(_random.Next(100, 3000)));
            try
            {
                var all = apis();
                await ReadSome(new Uri(all[_random.Next(all.Count)], path), _random.Next(1, 1000), leaving.Token);
            }
            catch (Exception exception)
                when (exception is HttpRequestException or IOException or OperationCanceledException)
            {
                // It went away by itself, or its Api died.
                cancellation.ThrowIfCancellationRequested();
            }

            Returns++;
        }
    }

    public void Dispose() => _reader.Dispose();

    private async Task ReadSome(Uri url, int most, CancellationToken cancellation)
    {
        var count = 0;
        await foreach (var received in _reader.Read(url, cancellation))
        {
            var data = JsonSerializer.Deserialize<JsonElement>(received.Data);
            if (received.Type == "fact")
                Facts.Add(data.GetProperty("receipt_id").GetGuid());
            else
                Changes.Add(
                    new FollowedChange(
                        data.GetProperty("position").GetInt64(),
                        data.GetProperty("workflow_id").GetString()!,
                        data.GetProperty("version").GetInt64(),
                        data.GetProperty("transitions").GetArrayLength()
                    )
                );

            if (++count == most)
                return;
        }
    }
}

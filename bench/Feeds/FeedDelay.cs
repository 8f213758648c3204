using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Orleans.Workflow.Benchmarks.Load;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Testing.Campaigns;
using Orleans.Workflow.Testing.Feeds;

namespace Orleans.Workflow.Benchmarks.Feeds;

/// <summary>
/// Measures the time from the acknowledgement of a notification to its event at a reader. Notifications are sent at a
/// fixed rate, also if the service is slower.
/// </summary>
internal static class FeedDelay
{
    private const int SideBySide = 1000;

    private static readonly string[] Life =
    [
        "creating",
        "running",
        "paused",
        "resumed",
        "processing",
        "calling",
        "stopping",
        "finished",
    ];

    public static async Task<LatencyHistogram> MeasureAsync(Uri address, int perSecond, TimeSpan duration)
    {
        using var reader = new FeedReader();
        using var ending = new CancellationTokenSource();
        var (acknowledged, arrived) = (new ConcurrentDictionary<Guid, long>(), new ConcurrentDictionary<Guid, long>());
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        reader.PlaceRead += (_, _) => begun.TrySetResult();
        var reading = ReadAsync(reader, new Uri(address, "/events"), arrived, ending.Token);
        await begun.Task;
        await SendAsync(address, perSecond, (int)(perSecond * duration.TotalSeconds), acknowledged);

        var start = Stopwatch.GetTimestamp();
        while (!acknowledged.Keys.All(arrived.ContainsKey))
        {
            if (Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(10))
                throw new BenchmarkException("The feed did not send every change within ten seconds.");

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        await ending.CancelAsync();
        await reading;
        var delays = new LatencyHistogram();
        foreach (var (receipt, at) in acknowledged)
            delays.Record(Stopwatch.GetElapsedTime(Math.Min(at, arrived[receipt]), arrived[receipt]));

        return delays;
    }

    private static async Task SendAsync(
        Uri address,
        int perSecond,
        int count,
        ConcurrentDictionary<Guid, long> acknowledged
    )
    {
        using var http = new HttpClient { BaseAddress = address };
        var url = new Uri("/webhooks/airudder/workflow-status", UriKind.Relative);
        var run = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString("n");
        var start = Stopwatch.GetTimestamp();
        var sending = new List<Task>(count);
        for (var i = 0; i < count; i++)
        {
            var wait = TimeSpan.FromSeconds((double)i / perSecond) - Stopwatch.GetElapsedTime(start);
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, TimeProvider.System);

            // Each is the next of its workflow, whose last one was sent long ago, and changes something.
            var (round, place) = Math.DivRem(i, SideBySide);
            var notification = new StatusChange(
                $"{run}-{round / Life.Length}-{place}",
                "Delay",
                Life[round % Life.Length],
                []
            );
            sending.Add(SendOneAsync(VendorJson.Write(notification)));
        }

        await Task.WhenAll(sending);

        async Task SendOneAsync(byte[] body)
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new("application/json");
            using var answer = await http.PostAsync(url, content);
            var at = Stopwatch.GetTimestamp();
            if (!answer.IsSuccessStatusCode || answer.Headers.GetValues("X-Effect").Single() != "advanced")
                throw new BenchmarkException(
                    $"A notification was answered {(int)answer.StatusCode} and changed nothing."
                );

            acknowledged[Guid.Parse(answer.Headers.GetValues("X-Receipt-Id").Single())] = at;
        }
    }

    private static async Task ReadAsync(
        FeedReader reader,
        Uri url,
        ConcurrentDictionary<Guid, long> arrived,
        CancellationToken cancellation
    )
    {
        try
        {
            await foreach (var received in reader.Read(url, cancellation))
            {
                var at = Stopwatch.GetTimestamp();
                using var change = JsonDocument.Parse(received.Data);
                arrived[change.RootElement.GetProperty("receipt_id").GetGuid()] = at;
            }
        }
        catch (OperationCanceledException)
        {
            // Enough.
        }
    }
}

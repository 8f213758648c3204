using System.Diagnostics;
using Orleans.Workflow.Benchmarks.Contestants;
using Orleans.Workflow.Benchmarks.Load;
using Orleans.Workflow.Benchmarks.Measuring;
using Orleans.Workflow.Benchmarks.Workloads;

namespace Orleans.Workflow.Benchmarks.Experiments;

/// <summary>
/// Two silos hold 100,000 active workflows; one of them is killed under load. How long it takes until an
/// acknowledgement comes as fast as before. What is not answered 200 is sent again, and a notification takes from when
/// it was due to its acknowledgement.
/// </summary>
internal sealed class SiloLoss : IExperiment
{
    private const int Workflows = 100_000,
        PerSecond = 500;

    private static readonly TimeSpan Before = TimeSpan.FromSeconds(30),
        After = TimeSpan.FromSeconds(60),
        Window = TimeSpan.FromSeconds(3),
        RetryDelay = TimeSpan.FromMilliseconds(100),
        Timeout = TimeSpan.FromSeconds(10);

    public async Task<string?> RunAsync(Bench bench)
    {
        if (!bench.Admits(Contestant.ProductClustered))
            return null;

        await using var service = await RunningService.StartAsync(Contestant.ProductClustered, bench.Server);
        var seed = Runner.NextSeed();
        bench.Runner.Send(service, new OnceSource(new ThreeNodeLife(), seed, 0, 0, Workflows));
        await service.SettleAsync();

        var latencies = new TimeSpan[(int)(PerSecond * (Before + After).TotalSeconds)];
        var sending = SendAllAsync(service.Address, seed, latencies);
        await Task.Delay(Before, TimeProvider.System);
        await service.KillFirstAsync();
        await sending;

        var before = Percentile(latencies, Window, Before - Window);
        var windows = Enumerable
            .Range(0, (int)((After - Window).TotalSeconds) + 1)
            .Select(second => Percentile(latencies, Before + TimeSpan.FromSeconds(second), Window))
            .ToList();
        var recovered = windows.FindLastIndex(p99 => p99 > 1.5 * before) + 1;
        Bench.Say($"silo-loss  p99 {before:0.0} ms before, then {string.Join(' ', windows.Select(p99 => $"{p99:0}"))}");
        return $"""
            ### silo-loss

            Two silos hold {Workflows:n0} active workflows and take {PerSecond:n0} notifications/s, each of another
            workflow. One of the silos is killed. Before, the p99 of the acknowledgement is {before:0.0} ms; over the
            {Window.TotalSeconds:0} s after the kill it is {windows[0]:0} ms, because what was under way is sent again.
            From {recovered} s after the kill on, each {Window.TotalSeconds:0} s have at most 1.5 × the p99 of before
            (wanted: 15 s). The median of these later ones is {windows[recovered..].Median():0.0} ms.
            """;
    }

    /// <summary>The p99 of what was due from a time on for some time, in ms.</summary>
    private static double Percentile(TimeSpan[] latencies, TimeSpan from, TimeSpan length)
    {
        var histogram = new LatencyHistogram();
        var first = (int)(from.TotalSeconds * PerSecond);
        foreach (
            var latency in latencies.AsSpan(
                first,
                Math.Min((int)(length.TotalSeconds * PerSecond), latencies.Length - first)
            )
        )
            histogram.Record(latency);

        return histogram.Percentile(0.99);
    }

    private static async Task SendAllAsync(Uri address, ulong seed, TimeSpan[] latencies)
    {
        using var http = new HttpClient { BaseAddress = address, Timeout = Timeout };
        var buffer = new RequestBuffer();
        var life = new ThreeNodeLife();
        var start = Stopwatch.GetTimestamp();
        var sending = new List<Task>(latencies.Length);
        for (var i = 0; i < latencies.Length; i++)
        {
            var due = TimeSpan.FromSeconds((double)i / PerSecond);
            var wait = due - Stopwatch.GetElapsedTime(start);
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, TimeProvider.System);

            buffer.Clear();
            life.Write(buffer, seed, i, 1);
            sending.Add(SendAsync(i, due, buffer.Body.ToArray()));
        }

        await Task.WhenAll(sending);

        async Task SendAsync(int number, TimeSpan due, byte[] body)
        {
            while (!await TrySendAsync(http, body))
                await Task.Delay(RetryDelay, TimeProvider.System);

            latencies[number] = Stopwatch.GetElapsedTime(start) - due;
        }
    }

    private static async Task<bool> TrySendAsync(HttpClient http, byte[] body)
    {
        try
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new("application/json");
            var url = new Uri("/webhooks/airudder/workflow-status", UriKind.Relative);
            using var answer = await http.PostAsync(url, content);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }
}

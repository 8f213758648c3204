using System.Globalization;
using Orleans.Workflow.Benchmarks.Contestants;
using Orleans.Workflow.Benchmarks.Load;
using Orleans.Workflow.Benchmarks.Measuring;
using Orleans.Workflow.Benchmarks.Workloads;

namespace Orleans.Workflow.Benchmarks.Experiments;

/// <summary>
/// Open loop: how long the acknowledgement of a workflow's status changes takes, alone and while facts of the same
/// workflow arrive.
/// </summary>
internal sealed class BesideFacts : IExperiment
{
    private const int FactsPerSecond = 5_000,
        ChangesPerSecond = 50;

    /// <summary>So much longer facts arrive, before and after what is measured.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(1);

    public async Task<string?> RunAsync(Bench bench)
    {
        if (!bench.Admits(Contestant.Product))
            return null;

        await using var service = await RunningService.StartAsync(Contestant.Product, bench.Server);
        await MeasureAsync(bench, service, bench.Options.WarmUp, FactsPerSecond);
        await service.SettleAsync();
        var (alone, beside) = (new List<LatencyHistogram>(), new List<LatencyHistogram>());
        for (var run = 1; run <= bench.Options.Runs; run++)
        {
            alone.Add(await MeasureAsync(bench, service, bench.Options.Duration, factsPerSecond: 0));
            beside.Add(await MeasureAsync(bench, service, bench.Options.Duration, FactsPerSecond));
            Bench.Say($"beside     run {run}: alone {Text(alone[^1])}; beside facts {Text(beside[^1])}");
        }

        var ratio = Median(beside, 0.99) / Median(alone, 0.99);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            ### beside-facts

            Open loop, {ChangesPerSecond} status changes a second of one workflow, alone and beside {FactsPerSecond:n0}
            call completions a second of the same workflow; medians of {bench.Options.Runs} runs.

            | | p50 | p99 |
            |---|---|---|
            | alone | {Median(alone, 0.50):0.0} ms | {Median(alone, 0.99):0.0} ms |
            | beside facts | {Median(beside, 0.50):0.0} ms | {Median(beside, 0.99):0.0} ms |

            p99 is **{ratio:0.00}** × that without facts (wanted: at most 1.50 ×).

            """
        );
    }

    private static async Task<LatencyHistogram> MeasureAsync(
        Bench bench,
        RunningService service,
        TimeSpan duration,
        int factsPerSecond
    )
    {
        var seed = Runner.NextSeed();
        var facts =
            factsPerSecond == 0
                ? Task.FromResult(new LoadResult())
                : Run(new CallSource(seed, workflows: 1, nodes: 4), factsPerSecond, duration + (2 * Margin));
        await Task.Delay(factsPerSecond == 0 ? TimeSpan.Zero : Margin, TimeProvider.System);
        var changes = await Run(new HotSource(seed), ChangesPerSecond, duration);
        var received = await facts;
        if (changes.Failed + received.Failed > 0)
            throw new BenchmarkException($"{changes.Failed} status changes and {received.Failed} facts were refused.");

        if (factsPerSecond > 0 && received.Rate < 0.98 * factsPerSecond)
            Bench.Say($"beside     only {received.Rate:n0} facts/s were taken");

        return changes.Latency;

        Task<LoadResult> Run(IRequestSource source, int perSecond, TimeSpan time) =>
            Task.Factory.StartNew(
                () =>
                    new LoadLoop(service.Address, bench.Options.Connections).Run(
                        source,
                        new FixedRateSchedule(perSecond),
                        time
                    ),
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default
            );
    }

    private static double Median(IEnumerable<LatencyHistogram> runs, double share) =>
        runs.Select(run => run.Percentile(share)).Median();

    private static string Text(LatencyHistogram run) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"p50 {run.Percentile(0.50):0.0} ms, p99 {run.Percentile(0.99):0.0} ms"
        );
}

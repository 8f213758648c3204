using System.Text;
using Orleans.Workflow.Benchmarks.Contestants;
using Orleans.Workflow.Benchmarks.Feeds;
using Orleans.Workflow.Benchmarks.Load;
using Orleans.Workflow.Benchmarks.Measuring;

namespace Orleans.Workflow.Benchmarks.Experiments;

/// <summary>
/// The live feed: how long a change takes to its readers, and what a reader of everything and an open console cost the
/// writers.
/// </summary>
internal sealed class Feed : IExperiment
{
    private const int PerSecond = 500;

    public async Task<string?> RunAsync(Bench bench)
    {
        if (!bench.Admits(Contestant.Product))
            return null;

        await using var service = await RunningService.StartAsync(Contestant.Product, bench.Server);
        await bench.Runner.RunAsync(service, "advance", static () => new ClosedSchedule(), bench.Options.WarmUp);
        await service.SettleAsync();
        var delays = await FeedDelay.MeasureAsync(service.Address, PerSecond, bench.Options.Duration);
        Bench.Say(
            $"feed       {delays.Count} changes at {PerSecond}/s: p50 {delays.Percentile(0.50):0.0} ms, p99 "
                + $"{delays.Percentile(0.99):0.0} ms after the acknowledgement"
        );

        // What the readers make run is compiled here as everything else is, not in what is measured.
        await ConsoleViewer.WarmUpAsync(service.Address);
        await BesideReadersAsync(bench, service, bench.Options.WarmUp / 2);
        var (without, with) = (new List<double>(), new List<double>());
        for (var run = 1; run <= bench.Options.Runs; run++)
        {
            without.Add(await AdvanceAsync(bench, service, bench.Options.Duration));
            var (beside, seen) = await BesideReadersAsync(bench, service, bench.Options.Duration);
            with.Add(beside);
            Bench.Say($"feed       run {run}: advance {without[^1]:n0}/s alone, {with[^1]:n0}/s beside {seen}");
        }

        return new StringBuilder("### feed\n\n")
            .Append(
                $"Delay from the acknowledgement to the event at a reader, {delays.Count:n0} changes at "
                    + $"{PerSecond}/s: p50 {delays.Percentile(0.50):0.0} ms, p99 {delays.Percentile(0.99):0.0} ms "
                    + "(wanted: at most 250 ms).\n\n"
            )
            .Append(
                $"advance runs at {without.Median():n0}/s alone, and at {with.Median():n0}/s beside a reader of "
                    + $"everything and an open console: **{with.Median() / without.Median():0.00}** (wanted: at "
                    + "least 0.90).\n"
            )
            .ToString();
    }

    private static async Task<(double PerSecond, string Seen)> BesideReadersAsync(
        Bench bench,
        RunningService service,
        TimeSpan duration
    )
    {
        await using var reader = await DrainingReader.OpenAsync(service.Address);
        await using var console = ConsoleViewer.Open(service.Address);
        var perSecond = await AdvanceAsync(bench, service, duration);
        return (
            perSecond,
            $"a reader that got {reader.Bytes / 1024 / 1024:n0} MiB and a console that read {console.Pages} pages"
        );
    }

    private static async Task<double> AdvanceAsync(Bench bench, RunningService service, TimeSpan duration) =>
        (await bench.Runner.RunAsync(service, "advance", static () => new ClosedSchedule(), duration)).PerSecond;
}

using System.Text;
using Orleans.Workflow.Benchmarks.Contestants;
using Orleans.Workflow.Benchmarks.Load;
using Orleans.Workflow.Benchmarks.Measuring;
using Orleans.Workflow.Benchmarks.Report;
using Orleans.Workflow.Benchmarks.Workloads;

namespace Orleans.Workflow.Benchmarks.Experiments;

/// <summary>
/// What a full database costs: advance and pages of lists, with few and with many stored workflows. Two services on two
/// databases take turns, so that what the machine does meanwhile is no difference between them.
/// </summary>
internal sealed class Growth : IExperiment
{
    private const int Few = 1_000,
        Some = 10_000;

    public async Task<string?> RunAsync(Bench bench)
    {
        if (!bench.Admits(Contestant.Product))
            return null;

        var stored = bench.Options.Stored;
        await using var few = await RunningService.StartAsync(Contestant.Product, bench.Server);
        await using var many = await RunningService.StartAsync(Contestant.Product, bench.Server);
        await StoreAsync(bench, many, 0, stored);
        await StoreAsync(bench, few, 0, Few);
        var (_, active) = await AdvanceAsync(bench, few, many);

        // The stored workflows are no longer in memory.
        await few.RestartAsync();
        await many.RestartAsync();
        var (fewCpu, ratio) = await AdvanceAsync(bench, few, many);
        await StoreAsync(bench, few, Few, Some);
        var pages = await ListPages.MeasureAsync(few.Address, many.Address);

        var text = new StringBuilder(
            $"### growth\n\nadvance with {Few:n0} stored workflows costs {fewCpu:0} µs of processor time per "
                + $"notification, with {stored:n0} {ratio:0.00} × that (wanted: at most 1.25 ×). "
        ).Append($"While all of them are also active in the one process, it costs {active:0.00} ×.\n\n");
        text.Append(
            $"A page of 100, medians of {ListPages.Repetitions} in ms, of two services that are asked in turn, "
                + $"with {Some:n0} and with {stored:n0} stored (wanted: at most 2 ×):\n\n"
        );
        text.Append("| query | first page | | | deepest page walked to | | |\n|---|---|---|---|---|---|---|\n");
        foreach (var (query, first, deep) in pages)
        {
            text.Append($"| `{query}` | {first.Few:0.00} | {first.Many:0.00} | {first.Ratio:0.00} × ");
            text.Append($"| {deep.Few:0.00} | {deep.Many:0.00} | {deep.Ratio:0.00} × |\n");
        }

        var (advance, wide) = (bench.Figures.Find("advance", "product"), bench.Figures.Find("wide", "product"));
        if (advance is not null && wide is not null)
            text.Append(
                $"\nwide costs {wide.CpuMicroseconds / advance.CpuMicroseconds:0.0} × the processor time of "
                    + "advance (wanted: at most 4 ×).\n"
            );

        return text.ToString();
    }

    private static async Task StoreAsync(Bench bench, RunningService service, int from, int to)
    {
        var sent = bench.Runner.Send(service, new OnceSource(new StoredLife(), Runner.NextSeed(), 0, from, to - from));
        Bench.Say($"growth     {to:n0} stored, {sent.Rate:n0}/s");
        await service.SettleAsync();
        await bench.Server.ExecuteAsync("CHECKPOINT");
    }

    /// <summary>
    /// What advance costs where few are stored, in µs of processor time, and how many times that where many are.
    /// </summary>
    private static async Task<(double FewCpu, double Ratio)> AdvanceAsync(
        Bench bench,
        RunningService few,
        RunningService many
    )
    {
        RunningService[] services = [few, many];
        foreach (var service in services)
        {
            await RunAsync(service, bench.Options.WarmUp);
            await service.SettleAsync();
        }

        var runs = services.ToDictionary(static service => service, static _ => new List<Measurement>());
        for (var run = 0; run < bench.Options.Runs; run++)
        {
            foreach (var service in run % 2 == 0 ? services : services.Reverse())
                runs[service].Add(await RunAsync(service, bench.Options.Duration));
        }

        var (ofFew, ofMany) = (Table.Medians(runs[few]), Table.Medians(runs[many]));
        Bench.Say(
            $"growth     advance {ofFew.PerSecond:n0} : {ofMany.PerSecond:n0}/s, cpu {ofFew.CpuMicroseconds:0} : "
                + $"{ofMany.CpuMicroseconds:0} µs"
        );
        return (ofFew.CpuMicroseconds, ofMany.CpuMicroseconds / ofFew.CpuMicroseconds);

        Task<Measurement> RunAsync(RunningService service, TimeSpan duration) =>
            bench.Runner.RunAsync(service, "advance", static () => new ClosedSchedule(), duration);
    }
}

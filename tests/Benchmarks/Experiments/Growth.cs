using System.Text;
using Orleans.Workflow.Benchmarks.Contestants;
using Orleans.Workflow.Benchmarks.Load;
using Orleans.Workflow.Benchmarks.Measuring;
using Orleans.Workflow.Benchmarks.Report;
using Orleans.Workflow.Benchmarks.Workloads;

namespace Orleans.Workflow.Benchmarks.Experiments;

/// <summary>What a full database costs: advance and pages of lists, with more and more stored workflows.</summary>
internal sealed class Growth : IExperiment
{
    private const int Few = 1_000, Some = 10_000;

    public async Task<string?> RunAsync(Bench bench)
    {
        if (!bench.Admits(Contestant.Product))
            return null;

        var many = bench.Options.Stored;
        var seed = Runner.NextSeed();
        await using var service = await RunningService.StartAsync(Contestant.Product, bench.Server);
        await StoreAsync(bench, service, seed, 0, Few);
        await bench.Runner.RunAsync(service, "advance", static () => new ClosedSchedule(), bench.Options.WarmUp);
        await service.SettleAsync();
        var fewCpu = await AdvanceAsync(bench, service);
        await StoreAsync(bench, service, seed, Few, Some);
        var some = await ListPages.MeasureAsync(service.Address);
        await StoreAsync(bench, service, seed, Some, many);
        var activeCpu = await AdvanceAsync(bench, service);
        await service.RestartAsync();
        await bench.Runner.RunAsync(service, "advance", static () => new ClosedSchedule(), bench.Options.WarmUp);
        await service.SettleAsync();
        var manyCpu = await AdvanceAsync(bench, service);
        var page = await ListPages.MeasureAsync(service.Address);

        var text = new StringBuilder($"### growth\n\nadvance with {Few:n0} stored workflows costs {fewCpu:0} µs of processor time per notification, with {many:n0} {manyCpu:0} µs: {manyCpu / fewCpu:0.00} × (wanted: at most 1.25 ×). ")
            .Append($"While all of them are also active in the one process, it costs {activeCpu:0} µs: {activeCpu / fewCpu:0.00} ×.\n\n");
        text.Append($"A page of 100, median of {ListPages.Repetitions} in ms, with {Some:n0} and with {many:n0} stored (wanted: at most 2 ×):\n\n");
        text.Append("| query | first page | | | deepest page walked to | | |\n|---|---|---|---|---|---|---|\n");
        foreach (var (query, before, after) in some.Zip(page, (a, b) => (a.Query, a, b)))
        {
            text.Append($"| `{query}` | {before.FirstMs:0.00} | {after.FirstMs:0.00} | {after.FirstMs / before.FirstMs:0.00} × ");
            text.Append($"| {before.DeepMs:0.00} | {after.DeepMs:0.00} | {after.DeepMs / before.DeepMs:0.00} × |\n");
        }

        var (advance, wide) = (bench.Figures.Find("advance", "product"), bench.Figures.Find("wide", "product"));
        if (advance is not null && wide is not null)
            text.Append($"\nwide costs {wide.CpuMicroseconds / advance.CpuMicroseconds:0.0} × the processor time of advance (wanted: at most 4 ×).\n");

        return text.ToString();
    }

    private static async Task StoreAsync(Bench bench, RunningService service, ulong seed, int from, int to)
    {
        var stored = bench.Runner.Send(service, new OnceSource(new StoredLife(), seed, 0, from, to - from));
        Bench.Say($"growth     {to:n0} stored, {stored.Rate:n0}/s");
        await service.SettleAsync();
        await bench.Server.ExecuteAsync("CHECKPOINT");
    }

    private static async Task<double> AdvanceAsync(Bench bench, RunningService service)
    {
        var runs = new List<Measurement>();
        for (var run = 0; run < bench.Options.Runs; run++)
            runs.Add(await bench.Runner.RunAsync(service, "advance", static () => new ClosedSchedule(), bench.Options.Duration));

        var medians = Table.Medians(runs);
        Bench.Say($"growth     advance {medians.PerSecond:n0}/s, cpu {medians.CpuMicroseconds:0} µs");
        return medians.CpuMicroseconds;
    }
}

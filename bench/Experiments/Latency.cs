using System.Text;
using Orleans.Workflow.Benchmarks.Contestants;
using Orleans.Workflow.Benchmarks.Load;
using Orleans.Workflow.Benchmarks.Report;

namespace Orleans.Workflow.Benchmarks.Experiments;

/// <summary>
/// Open loop: how long an acknowledgement takes at half of what the hand-written peer can take at most.
/// </summary>
internal sealed class Latency : IExperiment
{
    public async Task<string?> RunAsync(Bench bench)
    {
        await using var arena = new Arena(bench);
        await arena.StartAsync([Contestant.Product, Contestant.ByHand]);
        var byHand = arena.Services.FirstOrDefault(service => service.Contestant == Contestant.ByHand);
        if (byHand is null)
            return null;

        var rate = Math.Round(await BestRateAsync(bench, byHand) / 2);
        Bench.Say($"latency    at {rate:n0}/s");
        var runs = await arena.RunAsync("advance", () => new FixedRateSchedule(rate));
        var text = new StringBuilder(
            $"### latency\n\nOpen loop, advance at {rate:n0} notifications/s: half of the hand-written peer's "
                + "best rate.\n\n"
        ).Append(Table.Header);
        foreach (var (contestant, measured) in runs)
            text.Append(Table.Row(contestant.Name, measured));

        if (runs.TryGetValue(Contestant.Product, out var product))
        {
            var peer = Table.Medians(runs[Contestant.ByHand]);
            var own = Table.Medians(product);
            text.Append(
                $"\np50 is {own.P50 / peer.P50:0.00} × and p99 {own.P99 / peer.P99:0.00} × that of the "
                    + "hand-written peer (wanted: at most 0.80 ×).\n"
            );
        }

        return text.ToString();
    }

    /// <summary>The best run of <c>advance</c> in a closed loop, of three.</summary>
    private static async Task<double> BestRateAsync(Bench bench, RunningService byHand)
    {
        var best = 0.0;
        await bench.Runner.RunAsync(byHand, "advance", static () => new ClosedSchedule(), bench.Options.WarmUp);
        await byHand.SettleAsync();
        for (var run = 0; run < 3; run++)
        {
            var measured = await bench.Runner.RunAsync(
                byHand,
                "advance",
                static () => new ClosedSchedule(),
                bench.Options.Duration
            );
            best = Math.Max(best, measured.PerSecond);
        }

        return best;
    }
}

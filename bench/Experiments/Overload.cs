using Orleans.Workflow.Benchmarks.Checks;
using Orleans.Workflow.Benchmarks.Contestants;
using Orleans.Workflow.Benchmarks.Load;
using Orleans.Workflow.Benchmarks.Measuring;
using Orleans.Workflow.Benchmarks.Workloads;

namespace Orleans.Workflow.Benchmarks.Experiments;

/// <summary>
/// Three times what the product may take. Its capacity is limited by its own settings, so that the generator has room
/// beside it on the same machine.
/// </summary>
internal sealed class Overload : IExperiment
{
    private const int Capacity = 2_000,
        Connections = 256,
        LowRate = Capacity / 2;

    private static readonly TimeSpan Best = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pressed = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    public async Task<string?> RunAsync(Bench bench)
    {
        if (!bench.Admits(Contestant.Product))
            return null;

        var limited = Contestant.Product with
        {
            Arguments = [.. Contestant.Product.Arguments, $"--Sources:airudder:RatePerSecond={Capacity}"],
        };
        await using var service = await RunningService.StartAsync(limited, bench.Server);
        await Run(service, LowRate, bench.Options.WarmUp);
        await service.SettleAsync();
        var best = await Run(service, Capacity, Best);
        var before = service.ResidentBytes;
        var pressed = await Run(service, 3 * Capacity, Pressed);
        var after = service.ResidentBytes;
        await Task.Delay(Rest, TimeProvider.System);
        var normal = await Run(service, LowRate, Best);

        Bench.Say(
            $"overload   best {best.Rate:n0}/s, pressed {pressed.Rate:n0}/s, refused {pressed.Refused.Count:n0}, "
                + $"p99 of refusals {pressed.Refused.Percentile(0.99):0.0} ms"
        );
        var share = pressed.Rate / best.Rate;
        var p99 = pressed.Refused.Percentile(0.99);
        var otherAnswers = pressed.Failed - pressed.Refused.Count;
        return $"""
            ### overload

            The product with `Sources:airudder:RatePerSecond={Capacity}`, advance over {Connections} connections,
            open loop.

            | offered | for | acknowledged per second | p99 ms | refused | p99 ms of refusals | resident memory |
            |---|---|---|---|---|---|---|
            | {Capacity:n0}/s | {Best.TotalSeconds:0} s | {Row(best)} | {before >> 20} MiB after |
            | {3 * Capacity:n0}/s | {Pressed.TotalSeconds:0} s | {Row(pressed)} | {after >> 20} MiB after |
            | {LowRate:n0}/s, {Rest.TotalSeconds:0} s later | {Best.TotalSeconds:0} s | {Row(normal)} | |

            Under pressure it acknowledges {share:p0} of its best rate (target: at least 80 %). It refuses the rest with
            429 or 503, p99 {p99:0.0} ms (target: at most 100 ms). Other answers: {otherAnswers:n0}.
            Afterwards {normal.Failed:n0} of {normal.Failed + normal.Acknowledged:n0} are refused.

            """;
    }

    private static string Row(LoadResult run) =>
        $"{run.Rate:n0} | {run.Latency.Percentile(0.99):0.0} | {run.Refused.Count:n0} | "
        + $"{run.Refused.Percentile(0.99):0.0}";

    /// <summary>Offers so much for so long; what is refused is offered again.</summary>
    private static async Task<LoadResult> Run(RunningService service, int perSecond, TimeSpan duration)
    {
        var source = new LifeSource(new ThreeNodeLife(), Runner.NextSeed(), Connections, 16);
        Prepare(service, source.Preparation!);
        var result = await Task.Run(() =>
            new LoadLoop(service.Address, Connections).Run(source, new FixedRateSchedule(perSecond), duration)
        );
        await FinalStates.VerifyAsync(
            service.Contestant.Name,
            service.Address,
            service.Contestant.Check,
            new Workload { Source = source, Acknowledged = source.Histories }
        );
        return result;
    }

    private static void Prepare(RunningService service, IRequestSource preparation)
    {
        var result = new LoadLoop(service.Address, Connections).Run(
            preparation,
            new FixedRateSchedule(LowRate),
            TimeSpan.FromMinutes(1)
        );
        if (result.Failed > 0)
            throw new BenchmarkException($"{result.Failed} notifications were refused at {LowRate}/s.");
    }
}

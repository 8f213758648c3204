using Npgsql;
using Orleans.Workflow.Benchmarks.Contestants;
using Orleans.Workflow.Benchmarks.Load;
using Orleans.Workflow.Benchmarks.Measuring;

namespace Orleans.Workflow.Benchmarks.Experiments;

/// <summary>
/// Several contestants, started together and run in turn, so that a slow minute of the machine hits all of them.
/// </summary>
internal sealed class Arena(Bench bench) : IAsyncDisposable
{
    private readonly List<RunningService> _services = [];

    public IReadOnlyList<RunningService> Services => _services;

    /// <summary>Starts the contestants that take part.</summary>
    /// <param name="contestants">The contestants.</param>
    /// <param name="inAnyCase">The contestant that always takes part; null if there is none.</param>
    public async Task StartAsync(IEnumerable<Contestant> contestants, Contestant? inAnyCase = null)
    {
        foreach (var contestant in contestants.Where(bench.Admits).Concat(inAnyCase is null ? [] : [inAnyCase]))
            _services.Add(await RunningService.StartAsync(contestant, bench.Server));
    }

    /// <summary>Warms up, then runs each contestant in turn, as often as asked for.</summary>
    /// <returns>The runs by contestant.</returns>
    public async Task<IReadOnlyDictionary<Contestant, List<Measurement>>> RunAsync(
        string workload,
        Func<ISchedule> schedule
    )
    {
        // Twice, since what the first half makes of the tables decides how the second half is planned.
        foreach (var service in _services)
        {
            await bench.Runner.RunAsync(service, workload, static () => new ClosedSchedule(), bench.Options.WarmUp / 2);
            await service.SettleAsync();
            await bench.Runner.RunAsync(service, workload, static () => new ClosedSchedule(), bench.Options.WarmUp / 2);
        }

        var runs = _services.ToDictionary(service => service.Contestant, _ => new List<Measurement>());
        for (var run = 1; run <= bench.Options.Runs; run++)
        {
            // The order changes with each round: the contestant that always came first used some per cent less.
            foreach (var service in run % 2 == 1 ? _services : _services.AsEnumerable().Reverse())
            {
                // What the one before left to be written must not be charged to this one.
                await CheckpointAsync();
                var measured = await bench.Runner.RunAsync(service, workload, schedule, bench.Options.Duration);
                runs[service.Contestant].Add(measured);
                Bench.Say(
                    $"{workload, -10} run {run}  {service.Contestant.Name, -22} {measured.PerSecond, 8:n0}/s   "
                        + $"p50 {measured.P50, 7:n2} ms   p99 {measured.P99, 7:n2} ms   cpu "
                        + $"{measured.ServiceMicroseconds, 5:n0} + {measured.DatabaseMicroseconds, 5:n0} µs   "
                        + $"advanced {measured.AdvancedShare, 4:p0}"
                );
            }
        }

        return runs;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services)
            await service.DisposeAsync();
    }

    private async Task CheckpointAsync()
    {
        try
        {
            await bench.Server.ExecuteAsync("CHECKPOINT");
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            // A server that is not ours may not let us.
        }
    }
}

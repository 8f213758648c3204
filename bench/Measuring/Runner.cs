using Orleans.Workflow.Benchmarks.Checks;
using Orleans.Workflow.Benchmarks.Contestants;
using Orleans.Workflow.Benchmarks.Load;
using Orleans.Workflow.Benchmarks.Workloads;

namespace Orleans.Workflow.Benchmarks.Measuring;

/// <summary>Runs a workload against a service, once.</summary>
/// <param name="connections">How many connections send.</param>
internal sealed class Runner(int connections)
{
    private static ulong _lastSeed = (ulong)TimeProvider.System.GetUtcNow().Ticks;

    /// <summary>Ids that no run before has used.</summary>
    public static ulong NextSeed() => ++_lastSeed;

    /// <summary>Prepares, measures and checks.</summary>
    /// <exception cref="BenchmarkException">A request failed, or a final state is not as it should be.</exception>
    public async Task<Measurement> RunAsync(
        RunningService service,
        string workload,
        Func<ISchedule> schedule,
        TimeSpan duration
    )
    {
        var requests = WorkloadCatalogue.Create(workload, NextSeed(), connections);
        var loop = new LoadLoop(service.Address, connections);
        if (requests.Preparation is { } preparation)
            Demand(service, loop.RunAll(preparation));

        var before = service.Processor();
        var result = Demand(service, loop.Run(requests.Source, schedule(), duration));
        var after = service.Processor();
        if (requests.Ending is { } ending)
            Demand(service, loop.RunAll(ending));

        await FinalStates.VerifyAsync(service.Contestant.Name, service.Address, service.Contestant.Check, requests);
        return Measurement.Of(result, after.Service - before.Service, after.Database - before.Database);
    }

    /// <summary>Sends all that a source has.</summary>
    public LoadResult Send(RunningService service, IRequestSource source) =>
        Demand(service, new LoadLoop(service.Address, connections).RunAll(source));

    private static LoadResult Demand(RunningService service, LoadResult result) =>
        result.Failed == 0
            ? result
            : throw new BenchmarkException(
                $"{service.Contestant.Name} answered {result.Failed} of {result.Failed + result.Acknowledged} "
                    + $"requests with an error, the last with {result.LastFailure}. Its output:\n{service.Output}"
            );
}

using Orleans.Workflow.Benchmarks.Contestants;
using Orleans.Workflow.Benchmarks.Load;
using Orleans.Workflow.Benchmarks.Measuring;
using Orleans.Workflow.Benchmarks.Workloads;

namespace Orleans.Workflow.Benchmarks.Experiments;

/// <summary>
/// Resident memory of an active workflow, alone (one activation) and with three nodes that were read (four
/// activations): its growth while workflows are added.
/// </summary>
/// <remarks>The garbage collector is small and not concurrent, so that garbage is not mistaken for state.</remarks>
internal sealed class Memory : IExperiment
{
    private const int First = 10_000,
        Further = 40_000,
        Unknown = 1_000_000;

    private static readonly KeyValuePair<string, string?>[] SmallCollector =
    [
        new("DOTNET_gcServer", "0"),
        new("DOTNET_gcConcurrent", "0"),
        new("DOTNET_GCgen0size", "0x1000000"),
        new("DOTNET_GCConserveMemory", "9"),
    ];

    public async Task<string?> RunAsync(Bench bench)
    {
        if (!bench.Admits(Contestant.Product))
            return null;

        var alone = await MeasureAsync(bench, withNodes: false);
        var withNodes = await MeasureAsync(bench, withNodes: true);
        var unknown = await MeasureUnknownAsync(bench);
        Bench.Say($"memory     {unknown:0.0} MiB after {Unknown:n0} reads of what does not exist");
        Bench.Say($"memory     {alone:0.0} KiB for each workflow, {withNodes:0.0} KiB with three nodes");
        return $"""
            ### memory

            An active workflow takes {alone:0.0} KiB of resident memory (wanted: at most 6 KiB), and with three nodes,
            each of which was asked for (four activations), {withNodes:0.0} KiB (wanted: at most 14 KiB), measured
            over {Further:n0} workflows. A second {Unknown:n0} reads of workflows that do not exist add
            {unknown:0.0} MiB to what the first left.

            """;
    }

    private static async Task<double> MeasureAsync(Bench bench, bool withNodes)
    {
        await using var service = await RunningService.StartAsync(Contestant.Product, bench.Server, SmallCollector);
        var seed = Runner.NextSeed();
        Activate(bench, service, seed, 0, First, withNodes);
        var before = service.ResidentBytes;
        Activate(bench, service, seed, First, Further, withNodes);
        return (service.ResidentBytes - before) / 1024.0 / Further;
    }

    private static async Task<double> MeasureUnknownAsync(Bench bench)
    {
        await using var service = await RunningService.StartAsync(Contestant.Product, bench.Server, SmallCollector);
        var loop = new LoadLoop(service.Address, bench.Options.Connections);
        loop.RunAll(new UnknownSource(Runner.NextSeed(), Unknown));
        var before = service.ResidentBytes;
        loop.RunAll(new UnknownSource(Runner.NextSeed(), Unknown));
        return (service.ResidentBytes - before) / 1024.0 / 1024.0;
    }

    private static void Activate(Bench bench, RunningService service, ulong seed, int first, int count, bool withNodes)
    {
        bench.Runner.Send(service, new OnceSource(new ThreeNodeLife(), seed, ThreeNodeLife.Last, first, count));
        if (withNodes)
            bench.Runner.Send(service, new NodeSource(seed, first, count));
    }
}

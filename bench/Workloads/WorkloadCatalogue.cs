using Orleans.Workflow.Benchmarks.Load;

namespace Orleans.Workflow.Benchmarks.Workloads;

/// <summary>The workloads of closed and open loops.</summary>
internal static class WorkloadCatalogue
{
    private const int Prepared = 4_000,
        WideNodes = 100,
        WideWindow = 2,
        SpreadWindow = 320;

    public static IReadOnlyDictionary<string, string> Descriptions { get; } =
        new Dictionary<string, string>
        {
            ["advance"] =
                "each notification changes something: campaigns of 3 nodes running through their lives, 1,024 "
                + "at a time, at all points of them",
            ["spread"] =
                $"as advance, {SpreadWindow} at a time of each connection, in turn: 20,480 with 64 connections",
            ["cold"] = "the first notification of ever new workflows",
            ["duplicate"] = $"repeats of what is known, over {Prepared:N0} workflows",
            ["hot"] = "all for one workflow, which is paused and resumed",
            ["wide"] = $"workflows of {WideNodes} nodes of which one changes; the body lists them all",
            ["read"] = $"GET by id, over {Prepared:N0} workflows",
            ["mixed"] = "80 % read, 20 % advance",
            ["facts-one"] = "ever new call completions of one node",
            ["facts-many"] = "ever new call completions of 1,000 nodes in 100 workflows",
            ["facts-again"] = $"repeats of {Prepared:N0} call completions that are known, of 1,000 nodes",
        };

    /// <summary>Makes the requests of one run.</summary>
    public static Workload Create(string name, ulong seed, int connections) =>
        name switch
        {
            "advance" => Of(new LifeSource(new ThreeNodeLife(), seed, connections, 16)),
            "spread" => Of(new LifeSource(new ThreeNodeLife(), seed, connections, SpreadWindow)),
            "cold" => Of(new LifeSource(new ColdLife(), seed, connections, 1)),
            "duplicate" => Over(seed, new RepeatSource(new ThreeNodeLife(), seed, ThreeNodeLife.Last, Prepared)),
            "hot" => Hot(seed),
            "wide" => Of(new LifeSource(new WideLife(WideNodes), seed, connections, WideWindow)),
            "read" => Over(seed, new ReadSource(seed, Prepared)),
            "mixed" => Mixed(seed, connections),
            "facts-one" => Calls(new CallSource(seed, workflows: 1, nodes: 1)),
            "facts-many" => Calls(new CallSource(seed, workflows: 100, nodes: 10)),
            "facts-again" => Repeated(new CallSource(seed, workflows: 100, nodes: 10, Prepared)),
            _ => throw new ArgumentException($"There is no workload '{name}'.", nameof(name)),
        };

    private static Workload Of(LifeSource source) =>
        new()
        {
            Preparation = source.Preparation,
            Source = source,
            Acknowledged = source.Histories,
        };

    private static Workload Calls(CallSource calls) => new() { Source = calls, Acknowledged = calls.Histories };

    private static Workload Repeated(CallSource calls) =>
        new()
        {
            Preparation = calls.Once(),
            Source = calls,
            Acknowledged = calls.Histories,
        };

    private static Workload Over(ulong seed, IRequestSource source)
    {
        var preparation = new OnceSource(new ThreeNodeLife(), seed, ThreeNodeLife.Last, 0, Prepared);
        return new Workload
        {
            Preparation = preparation,
            Source = source,
            Acknowledged = preparation.Histories,
        };
    }

    private static Workload Hot(ulong seed)
    {
        var ending = new HotEnding(seed);
        return new Workload
        {
            Source = new HotSource(seed),
            Ending = ending,
            Acknowledged = ending.Histories,
        };
    }

    private static Workload Mixed(ulong seed, int connections)
    {
        var notifications = new LifeSource(new ThreeNodeLife(), ~seed, connections, 16);
        var stored = new OnceSource(new ThreeNodeLife(), seed, ThreeNodeLife.Last, 0, Prepared);
        return new Workload
        {
            Preparation = new SequenceSource(stored, notifications.Preparation!),
            Source = new MixedSource(new ReadSource(seed, Prepared), notifications, connections),
            Acknowledged = notifications.Histories,
        };
    }
}

namespace Orleans.Workflow.Benchmarks.Report;

/// <summary>What the ratio of the product, or of the product with two silos, to a peer should at least be.</summary>
internal static class Targets
{
    private static readonly Dictionary<(string Workload, string Peer), double> Wanted = new()
    {
        [("advance", "by hand")] = 2.5,
        [("advance", "plain Orleans")] = 5.0,
        [("spread", "by hand")] = 2.3,
        [("cold", "by hand")] = 1.85,
        [("duplicate", "by hand")] = 3.8,
        [("hot", "by hand")] = 12.0,
        [("wide", "by hand")] = 2.5,
        [("read", "by hand")] = 2.4,
        [("facts-one", "by hand")] = 3.0,
        [("facts-many", "by hand")] = 2.5,
        [("facts-again", "by hand")] = 4.0,
        [("clustered-advance", "by hand")] = 2.1,
        [("clustered-advance", "product")] = 0.75,
        [("clustered-read", "by hand")] = 2.2,
        [("clustered-read", "product")] = 0.75,
        [("sqlite", "by hand (SQLite)")] = 2.1,
    };

    /// <summary>One line of the report.</summary>
    public static string Line(string workload, string contestant, string peer, double ratio)
    {
        var text = $"\n{contestant} : {peer} = **{ratio:0.00}**";
        return Wanted.TryGetValue((workload, peer), out var wanted)
            ? $"{text} (wanted: {wanted:0.0#}, {(ratio >= wanted ? "reached" : "not reached")})\n"
            : $"{text}\n";
    }
}

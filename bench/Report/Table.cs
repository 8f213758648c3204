using Orleans.Workflow.Benchmarks.Measuring;

namespace Orleans.Workflow.Benchmarks.Report;

/// <summary>Runs as rows of Markdown.</summary>
internal static class Table
{
    public const string Header =
        "| contestant | per second, median | lowest – highest | p50 ms | p99 ms "
        + "| CPU µs per request | of which the service |\n|---|---|---|---|---|---|---|\n";

    public static string Row(string name, IReadOnlyList<Measurement> runs)
    {
        var median = Medians(runs);
        return $"| {name} | {median.PerSecond:n0} | {runs.Min(run => run.PerSecond):n0} – "
            + $"{runs.Max(run => run.PerSecond):n0} | {median.P50:0.00} | {median.P99:0.00} | "
            + $"{median.CpuMicroseconds:0} | {median.ServiceMicroseconds:0} |\n";
    }

    /// <summary>The median of each figure by itself.</summary>
    public static Measurement Medians(IReadOnlyList<Measurement> runs) =>
        new(
            runs.Select(run => run.PerSecond).Median(),
            runs.Select(run => run.P50).Median(),
            runs.Select(run => run.P99).Median(),
            runs.Select(run => run.ServiceMicroseconds).Median(),
            runs.Select(run => run.DatabaseMicroseconds).Median(),
            runs.Select(run => run.AdvancedShare).Median()
        );
}

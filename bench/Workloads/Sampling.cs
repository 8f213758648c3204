namespace Orleans.Workflow.Benchmarks.Workloads;

/// <summary>Chooses which workflows are looked at.</summary>
internal static class Sampling
{
    /// <summary>At most <c>sample</c> numbers below a count, evenly spread.</summary>
    public static IEnumerable<int> Spread(int count, int sample)
    {
        var size = Math.Min(count, sample);
        return Enumerable.Range(0, size).Select(i => (int)((long)i * count / size));
    }
}

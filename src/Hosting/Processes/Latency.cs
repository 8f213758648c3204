namespace Orleans.Workflow.Hosting.Processes;

/// <summary>
/// Durations in buckets that grow by a fifth, from a quarter of a millisecond to a minute. Counts of several processes
/// can be added, which percentiles can't.
/// </summary>
public static class Latency
{
    /// <summary>How many buckets there are.</summary>
    public const int Buckets = 70;

    private const double Smallest = 0.25;
    private const int InEachDoubling = 4;

    /// <summary>The bucket of a duration.</summary>
    public static int BucketOf(TimeSpan duration)
    {
        var times = duration.TotalMilliseconds / Smallest;
        return times <= 1 ? 0 : Math.Min(Buckets - 1, (int)Math.Ceiling(Math.Log2(times) * InEachDoubling));
    }

    /// <summary>The longest duration of a bucket.</summary>
    public static TimeSpan UpTo(int bucket) =>
        TimeSpan.FromMilliseconds(Smallest * Math.Pow(2, (double)bucket / InEachDoubling));

    /// <summary>
    /// The duration that a share of all stays within, at most a fifth too long; null if there are none.
    /// </summary>
    /// <param name="counts">Numbers of buckets with counts, of any number of processes.</param>
    /// <param name="share">The share, such as 0.99.</param>
    public static TimeSpan? Percentile(IEnumerable<KeyValuePair<int, long>> counts, double share)
    {
        var buckets = new long[Buckets];
        foreach (var (bucket, count) in counts)
            buckets[Math.Clamp(bucket, 0, Buckets - 1)] += count;

        var rest = (long)Math.Ceiling(buckets.Sum() * share);
        if (rest == 0)
            return null;

        var at = 0;
        while ((rest -= buckets[at]) > 0)
            at++;

        return UpTo(at);
    }
}

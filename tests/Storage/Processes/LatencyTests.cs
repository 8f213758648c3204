using Orleans.Workflow.Hosting.Processes;

namespace Orleans.Workflow.Storage.Tests.Processes;

/// <summary>Percentiles of durations that several processes counted.</summary>
public sealed class LatencyTests
{
    [Theory]
    [InlineData(0.5)]
    [InlineData(0.9)]
    [InlineData(0.99)]
    [InlineData(1)]
    public void A_percentile_is_at_most_a_fifth_too_long(double share)
    {
        var random = new Random(17);
        var durations = Enumerable
            .Range(0, 5_000)
            .Select(_ => TimeSpan.FromMilliseconds(0.3 + (Math.Exp(random.NextDouble() * 8) / 2)))
            .Order()
            .ToList();

        var found = Latency
            .Percentile(durations.Select(static one => KeyValuePair.Create(Latency.BucketOf(one), 1L)), share)
            .ShouldNotBeNull();

        var exact = durations[(int)Math.Ceiling(durations.Count * share) - 1];
        (found / exact).ShouldBeInRange(1, 1.2);
    }

    [Fact]
    public void There_is_none_of_nothing_and_every_duration_has_a_bucket()
    {
        Latency.Percentile([], 0.5).ShouldBeNull();
        Latency.BucketOf(TimeSpan.Zero).ShouldBe(0);
        Latency.BucketOf(TimeSpan.FromHours(1)).ShouldBe(Latency.Buckets - 1);
        Latency.UpTo(Latency.Buckets - 1).ShouldBeGreaterThan(TimeSpan.FromSeconds(30));
    }
}

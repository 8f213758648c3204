using System.Numerics;

namespace Orleans.Workflow.Benchmarks.Load;

/// <summary>
/// Counts latencies in buckets whose width is below 1 % of their value, as an HDR histogram does: 128 linear steps for
/// each doubling, from 1 µs to over an hour.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int StepBits = 7,
        Steps = 1 << StepBits;

    private readonly long[] _counts = new long[(33 - StepBits) * Steps];

    public long Count { get; private set; }

    public void Record(TimeSpan latency)
    {
        var microseconds = Math.Clamp(latency.Ticks / TimeSpan.TicksPerMicrosecond, 0, uint.MaxValue);
        _counts[IndexOf((uint)microseconds)]++;
        Count++;
    }

    /// <summary>The smallest latency that the given share of all did not exceed, in milliseconds.</summary>
    public double Percentile(double share)
    {
        var wanted = (long)Math.Ceiling(Count * share);
        long seen = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= wanted && seen > 0)
                return UpperBoundOf(i) / 1000.0;
        }

        return 0;
    }

    private static int IndexOf(uint value)
    {
        // The first two doublings are exact; each later one shifts the value into Steps linear steps.
        var shift = Math.Max(0, 32 - BitOperations.LeadingZeroCount(value) - (StepBits + 1));
        return (shift << StepBits) + (int)(value >> shift);
    }

    private static long UpperBoundOf(int index)
    {
        var shift = Math.Max(0, (index >> StepBits) - 1);
        return ((long)(index - (shift << StepBits)) << shift) + (1L << shift) - 1;
    }
}

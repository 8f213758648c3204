using Orleans.Workflow.Benchmarks.Load;

namespace Orleans.Workflow.Benchmarks.Measuring;

/// <summary>The figures of one run.</summary>
/// <param name="PerSecond">Answers per second.</param>
/// <param name="P50">Median latency in ms.</param>
/// <param name="P99">99th percentile of the latency in ms.</param>
/// <param name="CpuMicroseconds">Processor time of service and database for each request.</param>
/// <param name="AdvancedShare">Share of the answers that said <c>X-Effect: advanced</c>.</param>
internal sealed record Measurement(double PerSecond, double P50, double P99, double CpuMicroseconds, double AdvancedShare)
{
    public static Measurement Of(LoadResult result, TimeSpan processor) => new(
        result.Rate,
        result.Latency.Percentile(0.50),
        result.Latency.Percentile(0.99),
        processor.TotalMicroseconds / Math.Max(1, result.Acknowledged),
        (double)result.Advanced / Math.Max(1, result.Acknowledged));
}

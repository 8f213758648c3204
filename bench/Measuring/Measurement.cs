using Orleans.Workflow.Benchmarks.Load;

namespace Orleans.Workflow.Benchmarks.Measuring;

/// <summary>The figures of one run.</summary>
/// <param name="PerSecond">Answers per second.</param>
/// <param name="P50">Median latency in ms.</param>
/// <param name="P99">99th percentile of the latency in ms.</param>
/// <param name="ServiceMicroseconds">Processor time of the service for each request.</param>
/// <param name="DatabaseMicroseconds">Processor time of the database for each request.</param>
/// <param name="AdvancedShare">Share of the answers that said <c>X-Effect: advanced</c>.</param>
internal sealed record Measurement(
    double PerSecond,
    double P50,
    double P99,
    double ServiceMicroseconds,
    double DatabaseMicroseconds,
    double AdvancedShare
)
{
    /// <summary>Processor time of both for each request.</summary>
    public double CpuMicroseconds => ServiceMicroseconds + DatabaseMicroseconds;

    public static Measurement Of(LoadResult result, TimeSpan service, TimeSpan database) =>
        new(
            result.Rate,
            result.Latency.Percentile(0.50),
            result.Latency.Percentile(0.99),
            service.TotalMicroseconds / Math.Max(1, result.Acknowledged),
            database.TotalMicroseconds / Math.Max(1, result.Acknowledged),
            (double)result.Advanced / Math.Max(1, result.Acknowledged)
        );
}

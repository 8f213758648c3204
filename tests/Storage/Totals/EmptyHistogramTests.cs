using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Workflow.Hosting.Telemetry;
using Orleans.Workflow.Testing.Telemetry;

namespace Orleans.Workflow.Storage.Tests.Totals;

/// <summary>What <c>/metrics</c> shows of a histogram before its first value.</summary>
public sealed class EmptyHistogramTests : IDisposable
{
    private const string Scope = "otel_scope_name=\"Orleans.Workflow\"";

    private const string Exported = $$"""
        # TYPE workflow_answer_seconds histogram
        # HELP workflow_answer_seconds Answers.
        workflow_answer_seconds_bucket{{{Scope}},status="200",le="0.5"} 3
        workflow_answer_seconds_bucket{{{Scope}},status="200",le="1"} 3
        workflow_answer_seconds_bucket{{{Scope}},status="200",le="+Inf"} 3
        workflow_answer_seconds_sum{{{Scope}},status="200"} 0.25
        workflow_answer_seconds_count{{{Scope}},status="200"} 3
        # TYPE workflow_other gauge
        workflow_other{{{Scope}}} 1

        """;

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly EmptyHistograms _histograms;

    public EmptyHistogramTests()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        _histograms = new EmptyHistograms(meters);
        var meter = meters.Create("Orleans.Workflow");
        meter.CreateHistogram(
            "workflow.answer",
            "s",
            "Answers.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1] }
        );
        meter.CreateHistogram(
            "workflow.size",
            "{row}",
            "Rows.",
            advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 16] }
        );
        _histograms.Declare("workflow.answer", "status", [200, 503]);
    }

    public void Dispose()
    {
        _histograms.Dispose();
        _services.Dispose();
    }

    [Fact]
    public void Series_that_are_there_stay_and_those_that_lack_are_zero()
    {
        var metrics = PrometheusText.Parse(_histograms.Complete(Exported));

        metrics.Sum("workflow_answer_seconds_count", ("status", "200")).ShouldBe(3);
        metrics.Of("workflow_answer_seconds_count", ("status", "503")).Single().Value.ShouldBe(0);
        metrics.Of("workflow_answer_seconds_bucket", ("status", "503")).Count().ShouldBe(3);
        metrics.Of("workflow_size_count").Single().Value.ShouldBe(0);
        metrics.Of("workflow_size_bucket", ("le", "16")).Single().Value.ShouldBe(0);
        metrics.Families["workflow_size"].ShouldBe("histogram");
    }

    [Fact]
    public void The_lines_of_a_family_stay_together()
    {
        var families = _histograms
            .Complete(Exported)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => line.Split(' ', '{') is ["#", _, var name, ..] ? name : line.Split('{')[0])
            .Select(static name => name.Replace("_bucket", "").Replace("_sum", "").Replace("_count", ""))
            .ToList();

        families
            .Where((family, i) => i == 0 || families[i - 1] != family)
            .ShouldBe(["workflow_answer_seconds", "workflow_other", "workflow_size"]);
    }

    [Fact]
    public void The_other_format_of_Prometheus_has_points_in_its_bounds_and_an_end()
    {
        var text = _histograms.Complete(Exported + "# EOF\n");

        text.ShouldEndWith($"workflow_size_count{{{Scope}}} 0\n# EOF\n");
        text.ShouldContain($"workflow_size_bucket{{{Scope},le=\"16.0\"}} 0\n");
        text.ShouldContain($"workflow_answer_seconds_bucket{{{Scope},status=\"503\",le=\"0.5\"}} 0\n");
    }

    [Fact]
    public void Histograms_of_others_are_left_alone()
    {
        using var other = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = other.GetRequiredService<IMeterFactory>();
        meters.Create("Orleans.Workflow").CreateHistogram<double>("workflow.foreign", "s");

        _histograms.Complete(string.Empty).ShouldNotContain("foreign");
    }
}

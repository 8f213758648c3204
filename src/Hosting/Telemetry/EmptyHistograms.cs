using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Orleans.Workflow.Grains.Telemetry;

namespace Orleans.Workflow.Hosting.Telemetry;

/// <summary>
/// Shows the product's histograms at <c>/metrics</c> with zeros before their first value. OpenTelemetry's exporter
/// leaves them out until then, and an alert would not see the first value as an increase.
/// </summary>
public sealed class EmptyHistograms : IDisposable
{
    private const string Scope = $"otel_scope_name=\"{WorkflowTelemetry.Name}\"";

    private readonly ConcurrentDictionary<string, Family> _families = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (string Tag, IReadOnlyList<string> Values)> _series = new(
        StringComparer.Ordinal
    );
    private readonly MeterListener _listener;

    /// <summary>Finds the histograms of this host.</summary>
    public EmptyHistograms(IMeterFactory meters)
    {
        _listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                // Several hosts may be in one process: each has its own factory.
                if (instrument.Meter.Name == WorkflowTelemetry.Name && instrument.Meter.Scope == meters)
                    Note(instrument);
            },
        };
        _listener.Start();
    }

    /// <summary>Says which series a histogram has, if it has a tag. Without this call it is one series.</summary>
    /// <param name="instrument">The name of the instrument.</param>
    /// <param name="tag">The tag.</param>
    /// <param name="values">The values that are shown from the start.</param>
    public void Declare(string instrument, string tag, IEnumerable<object> values) =>
        _series[instrument] = (NameOf(tag), [.. values.Select(static value => $"{value}")]);

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    /// <summary>Answers a request for metrics, with what its answer lacks.</summary>
    internal async Task Complete(HttpContext context, RequestDelegate answer)
    {
        // The exporter would compress it, and it is completed as a text.
        context.Request.Headers.AcceptEncoding = default;
        var body = context.Response.Body;
        using var written = new MemoryStream();
        context.Response.Body = written;
        try
        {
            await answer(context);
        }
        finally
        {
            context.Response.Body = body;
        }

        var text = Encoding.UTF8.GetString(written.GetBuffer(), 0, (int)written.Length);
        await context.Response.WriteAsync(context.Response.StatusCode == 200 ? Complete(text) : text);
    }

    /// <summary>A text in either format of Prometheus, with the series that it lacks.</summary>
    internal string Complete(string text)
    {
        const string End = "# EOF\n";
        var isOpenMetrics = text.EndsWith(End, StringComparison.Ordinal);
        var completed = new StringBuilder(isOpenMetrics ? text[..^End.Length] : text);
        foreach (var (instrument, family) in _families.OrderBy(static of => of.Key, StringComparer.Ordinal))
        {
            var lacking = LabelsOf(instrument)
                .Where(labels => !text.Contains($"{family.Name}_count{{{labels}}}", StringComparison.Ordinal))
                .ToList();
            if (lacking.Count == 0)
                continue;

            var series = string.Concat(lacking.Select(labels => family.Zeros(labels, isOpenMetrics)));
            if (text.Contains(family.TypeLine, StringComparison.Ordinal))
                InsertAfterFamily(completed, family, series);
            else
                completed.Append(family.TypeLine).Append(family.HelpLine).Append(series);
        }

        return completed.Append(isOpenMetrics ? End : string.Empty).ToString();
    }

    /// <summary>The lines of a family belong together: they end where the next one begins.</summary>
    private static void InsertAfterFamily(StringBuilder completed, Family family, string series)
    {
        var text = completed.ToString();
        var start = text.IndexOf(family.TypeLine, StringComparison.Ordinal);
        var end = text.IndexOf("\n# TYPE ", start + 1, StringComparison.Ordinal);
        completed.Insert(end < 0 ? text.Length : end + 1, series);
    }

    private IEnumerable<string> LabelsOf(string instrument) =>
        _series.TryGetValue(instrument, out var series)
            ? series.Values.Select(value => $"{Scope},{series.Tag}=\"{value}\"")
            : [Scope];

    private void Note(Instrument instrument)
    {
        var bounds = instrument switch
        {
            Histogram<double> histogram => histogram.Advice?.HistogramBucketBoundaries,
            Histogram<int> histogram => histogram.Advice?.HistogramBucketBoundaries?.Select(static bound =>
                (double)bound
            ),
            _ => null,
        };
        if (bounds is not null)
            _families[instrument.Name] = new Family(
                NameOf(instrument.Name) + (instrument.Unit == "s" ? "_seconds" : string.Empty),
                instrument.Description ?? string.Empty,
                [.. bounds]
            );
    }

    private static string NameOf(string name) => name.Replace('.', '_');

    private sealed record Family(string Name, string Description, IReadOnlyList<double> Bounds)
    {
        public string TypeLine => $"# TYPE {Name} histogram\n";

        public string HelpLine => $"# HELP {Name} {Description}\n";

        public string Zeros(string labels, bool isOpenMetrics)
        {
            var lines = new StringBuilder();
            foreach (var bound in Bounds)
            {
                var text = bound.ToString(CultureInfo.InvariantCulture);

                // OpenMetrics has a point in each bound.
                if (isOpenMetrics && !text.Contains('.'))
                    text += ".0";

                lines.Append(CultureInfo.InvariantCulture, $"{Name}_bucket{{{labels},le=\"{text}\"}} 0\n");
            }

            return lines
                .Append(CultureInfo.InvariantCulture, $"{Name}_bucket{{{labels},le=\"+Inf\"}} 0\n")
                .Append(CultureInfo.InvariantCulture, $"{Name}_sum{{{labels}}} 0\n")
                .Append(CultureInfo.InvariantCulture, $"{Name}_count{{{labels}}} 0\n")
                .ToString();
        }
    }
}

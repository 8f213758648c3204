using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Orleans.Workflow.Testing.Telemetry;

/// <summary>A number that Prometheus would store.</summary>
/// <param name="Name">The name of the series.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Value">The number.</param>
public sealed record MetricSample(string Name, ImmutableDictionary<string, string> Labels, double Value);

/// <summary>Metrics in the text format of Prometheus, read strictly.</summary>
public sealed partial class PrometheusText
{
    private readonly Dictionary<string, string> _families = new(StringComparer.Ordinal);
    private readonly List<MetricSample> _samples = [];

    private PrometheusText() { }

    /// <summary>The kinds of the metrics by name.</summary>
    public IReadOnlyDictionary<string, string> Families => _families;

    /// <summary>Reads a text.</summary>
    /// <exception cref="FormatException">A line is not of the format, or belongs to no metric.</exception>
    public static PrometheusText Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var metrics = new PrometheusText();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (TypeLine().Match(line) is { Success: true } type)
                metrics._families.Add(type.Groups["name"].Value, type.Groups["kind"].Value);
            else if (!line.StartsWith("# ", StringComparison.Ordinal))
                metrics._samples.Add(metrics.Read(line));
        }

        return metrics;
    }

    /// <summary>The series of a name, with some labels.</summary>
    public IEnumerable<MetricSample> Of(string name, params IEnumerable<(string Name, string Value)> labels) =>
        _samples.Where(sample =>
            sample.Name == name && labels.All(label => sample.Labels.GetValueOrDefault(label.Name) == label.Value)
        );

    /// <summary>The sum over the series of a name with some labels; 0 if there is none.</summary>
    public double Sum(string name, params IEnumerable<(string Name, string Value)> labels) =>
        Of(name, labels).Sum(static sample => sample.Value);

    private MetricSample Read(string line)
    {
        var match = SampleLine().Match(line);
        if (!match.Success)
            throw new FormatException($"Not a line of the text format: {line}");

        var name = match.Groups["name"].Value;
        if (!_families.ContainsKey(name) && !_families.ContainsKey(HistogramSuffix().Replace(name, string.Empty)))
            throw new FormatException($"{name} has no line with its type before it.");

        var labels = Label()
            .Matches(match.Groups["labels"].Value)
            .ToImmutableDictionary(
                static label => label.Groups["name"].Value,
                static label => label.Groups["value"].Value
            );
        return new MetricSample(name, labels, Number(match.Groups["value"].Value));
    }

    private static double Number(string text) =>
        text switch
        {
            "+Inf" => double.PositiveInfinity,
            "-Inf" => double.NegativeInfinity,
            _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
        };

    [GeneratedRegex(@"^# TYPE (?<name>[a-zA-Z_:][\w:]*) (?<kind>counter|gauge|histogram|summary|untyped)$")]
    private static partial Regex TypeLine();

    [GeneratedRegex(
        """^(?<name>[a-zA-Z_:][\w:]*)(\{(?<labels>([a-zA-Z_]\w*="([^"\\]|\\.)*",?)*)\})? (?<value>[-+.\w]+)( -?\d+)?$"""
    )]
    private static partial Regex SampleLine();

    [GeneratedRegex("""(?<name>[a-zA-Z_]\w*)="(?<value>([^"\\]|\\.)*)" """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Label();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex HistogramSuffix();
}

using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Testing.Telemetry;

/// <summary>A row of the table of the product's own metrics in the documents.</summary>
/// <param name="Name">The name at <c>/metrics</c>.</param>
/// <param name="Kind">The kind of metric.</param>
/// <param name="Tags">The labels, as Prometheus has them.</param>
/// <param name="Where">The processes that show it: <c>silo</c>, <c>Api</c> or <c>each</c>.</param>
public sealed partial record DocumentedMetric(string Name, string Kind, ImmutableArray<string> Tags, string Where)
{
    /// <summary>All rows.</summary>
    public static ImmutableArray<DocumentedMetric> All { get; } =
    [
        .. Row()
            .Matches(File.ReadAllText(Path.Combine(WorkingCopy.Root, "docs", "operations", "telemetry.md")))
            .Select(static row => new DocumentedMetric(
                row.Groups["name"].Value,
                row.Groups["kind"].Value,
                [.. Tag().Matches(row.Groups["tags"].Value).Select(static tag => tag.Value.Replace('.', '_'))],
                row.Groups["where"].Value
            )),
    ];

    /// <summary>The rows of an Api, of a silo, or of a process that is both.</summary>
    public static IEnumerable<DocumentedMetric> Of(bool isApi, bool isSilo) =>
        All.Where(metric =>
            metric.Where switch
            {
                "Api" => isApi,
                "silo" => isSilo,
                "each" => true,
                _ => throw new FormatException($"{metric.Name} is shown by '{metric.Where}'."),
            }
        );

    [GeneratedRegex(
        @"^\| `workflow\.[\w.]+` \| `(?<name>\w+)` \| (?<kind>\w+) \|(?<tags>[^|]*)\| (?<where>\w+) \|",
        RegexOptions.Multiline
    )]
    private static partial Regex Row();

    [GeneratedRegex("(?<=`)[a-z_.]+(?=`)")]
    private static partial Regex Tag();
}

using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Cluster.Tests.Deploy;

/// <summary>Finds the settings of the product that a file under <c>deploy</c> names.</summary>
internal static partial class SettingNames
{
    /// <summary>The settings of a file, as the configuration has them (<c>Cluster:Mode</c>), each once.</summary>
    public static ImmutableArray<string> In(string file) =>
        [
            .. Pattern()
                .Matches(
                    string.Join(
                        '\n',
                        File.ReadLines(Path.Combine(WorkingCopy.Root, "deploy", file))
                            .Where(static line => !line.TrimStart().StartsWith('#'))
                    )
                )
                .Select(static match => match.Groups["name"].Value.Replace("__", ":", StringComparison.Ordinal))
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>An argument <c>--Section:Name=</c>, or a variable <c>Section__Name</c> that is given a value.</summary>
    [GeneratedRegex(@"--(?<name>[A-Za-z]+(:[\w-]+)+)=|\b(?<name>[A-Z][A-Za-z]*(__[A-Za-z0-9-]+)+)\s*[:=]")]
    private static partial Regex Pattern();
}

using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Domain.Tests.Rules;

/// <summary>Reads the tables of the README that tests compare with the code.</summary>
internal static class ReadmeTable
{
    /// <summary>The cells of the table between the marks of a name, with its head.</summary>
    public static string[][] Read(string name) =>
        Table(
            Between(
                $"<!-- {name} -->",
                $"<!-- /{name} -->",
                File.ReadAllText(Path.Combine(WorkingCopy.Root, "README.md"))
            )
        );

    private static string[][] Table(string markdown) =>
        [
            .. markdown
                .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(static line =>
                    line.Trim('|')
                        .Split('|', StringSplitOptions.TrimEntries)
                        .Select(static cell => cell.Trim('`'))
                        .ToArray()
                ),
        ];

    private static string Between(string start, string end, string text)
    {
        var from = text.IndexOf(start, StringComparison.Ordinal);
        var to = text.IndexOf(end, StringComparison.Ordinal);
        (from >= 0 && to > from).ShouldBeTrue($"README.md must hold a table between {start} and {end}");
        return text[(from + start.Length)..to];
    }
}

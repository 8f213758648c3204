using System.Text.Json;
using Orleans.Workflow.Grains.Domain;

namespace Orleans.Workflow.Domain.Tests.Rules;

/// <summary>The README's rule table is the code's.</summary>
public sealed class ReadmeTests
{
    private static readonly string[] Columns = ["observation against register", "rule", "result", "effect"];

    [Fact]
    public void The_readme_shows_the_rules_that_the_fold_obeys()
    {
        var table = Table(Between("<!-- rules -->", "<!-- /rules -->", File.ReadAllText(Path.Combine(Root(), "README.md"))));

        table[0].ShouldBe(Columns);
        table[1].ShouldAllBe(cell => cell.Trim('-', ':').Length == 0);
        table.Skip(2).ShouldAllBe(row => row.Length == Columns.Length && row[0].Length > 0);
        table.Skip(2).Select(static row => row[0]).ShouldBe(RuleTable.Default.Rows.Select(static row => RuleSentences.Of(row.Rule)));
        table.Skip(2).Select(static row => string.Join(' ', row.Skip(1))).ShouldBe(
            RuleTable.Default.Rows.Select(static row => $"{Snake(row.Rule)} {Snake(row.Verdict)} {Snake(row.Effect)}"));
    }

    private static string Snake(Enum value) => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static string[][] Table(string markdown) =>
    [
        .. markdown.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries).Select(static cell => cell.Trim('`')).ToArray()),
    ];

    private static string Between(string start, string end, string text)
    {
        var from = text.IndexOf(start, StringComparison.Ordinal);
        var to = text.IndexOf(end, StringComparison.Ordinal);
        (from >= 0 && to > from).ShouldBeTrue($"README.md must hold a table between {start} and {end}");
        return text[(from + start.Length)..to];
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Orleans.Workflow.sln")))
            folder = folder.Parent;

        return folder.ShouldNotBeNull("no folder above the tests holds Orleans.Workflow.sln").FullName;
    }
}

using System.Text.Json;

namespace Orleans.Workflow.Domain.Tests.Rules;

/// <summary>The README's rule table is the code's.</summary>
public sealed class ReadmeTests
{
    private static readonly string[] Columns = ["observation against register", "rule", "result", "effect"];

    [Fact]
    public void The_readme_shows_the_rules_that_the_fold_obeys()
    {
        var table = ReadmeTable.Read("rules");

        table[0].ShouldBe(Columns);
        table[1].ShouldAllBe(cell => cell.Trim('-', ':').Length == 0);
        table.Skip(2).ShouldAllBe(row => row.Length == Columns.Length && row[0].Length > 0);
        table
            .Skip(2)
            .Select(static row => row[0])
            .ShouldBe(RuleTable.Default.Rows.Select(static row => RuleSentences.Of(row.Rule)));
        table
            .Skip(2)
            .Select(static row => string.Join(' ', row.Skip(1)))
            .ShouldBe(
                RuleTable.Default.Rows.Select(static row =>
                    $"{Snake(row.Rule)} {Snake(row.Resolution)} {Snake(row.Effect)}"
                )
            );
    }

    private static string Snake(Enum value) => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}

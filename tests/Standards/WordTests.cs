using System.Text.RegularExpressions;

namespace Orleans.Workflow.Standards.Tests;

/// <summary>Words that docs/glossary.md or plain English has replaced.</summary>
public sealed partial class WordTests
{
    // The old names of settings are read for one version more; the name of a field is part of the HTTP contract.
    private static readonly string[] Pinned = ["\"told\"", "Webhooks:LargestBody"];
    private static readonly string[] Exceptions =
    [
        "CHANGELOG.md",
        "src/Hosting/Settings/RenamedSettings.cs",
        "tests/Standards/WordTests.cs",
    ];

    private static IEnumerable<string> Sources =>
        new[] { "src", "tests", "bench", "docs", "deploy" }
            .SelectMany(static folder =>
                new[] { ".cs", ".razor", ".md", ".sql", ".sh", ".json" }.SelectMany(end =>
                    Repository.Files(folder, end)
                )
            )
            .Append(Path.Combine(Repository.Root, "README.md"))
            .Where(static file => !Exceptions.Contains(Repository.Relative(file)));

    [Fact]
    public void Old_words_are_gone() => ShouldNotOccur(OldWord(), Sources);

    [Fact]
    public void No_name_begins_with_Most_Largest_Longest_or_Shortest() =>
        ShouldNotOccur(OldName(), Sources.Where(static file => file.EndsWith(".cs", StringComparison.Ordinal)));

    private static void ShouldNotOccur(Regex pattern, IEnumerable<string> files)
    {
        var all = files.ToList();
        all.Count.ShouldBeGreaterThan(100);
        all.SelectMany(file =>
                File.ReadLines(file)
                    .Select(static line => Pinned.Aggregate(line, static (text, name) => text.Replace(name, null)))
                    .Index()
                    .Where(line => pattern.IsMatch(line.Item))
                    .Select(line => $"{Repository.Relative(file)}:{line.Index + 1}: {line.Item.Trim()}")
            )
            .ShouldBeEmpty();
    }

    [GeneratedRegex(
        @"\b(told|anew|whoever|whom|stands for|for ever|makes no sense|mend(s|ed)?|untold|patience)\b",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex OldWord();

    [GeneratedRegex(@"\b(Most|Largest|Longest|Shortest)[A-Z]\w*")]
    private static partial Regex OldName();
}

using System.Text.RegularExpressions;

namespace Orleans.Workflow.Standards.Tests;

/// <summary>What the sources look like.</summary>
public sealed partial class SourceTests
{
    private const int MostLines = 300;

    // One script has the whole schema, so that nobody has to put it together from several (ADR 0004).
    private static readonly string[] WholeSchemas =
        ["deploy/sql/postgresql/001_schema.sql", "deploy/sql/sqlite/001_schema.sql"];

    [Fact]
    public void No_file_has_more_than_three_hundred_lines()
    {
        string[] files =
        [
            .. Repository.Files("src", ".cs"), .. Repository.Files("tests", ".cs"), .. Repository.Files("deploy", ""),
        ];

        files.Length.ShouldBeGreaterThan(100);
        files.Where(static file => File.ReadLines(file).Count() > MostLines).Select(Repository.Relative)
            .Except(WholeSchemas).ShouldBeEmpty();
    }

    [Fact]
    public void No_file_is_a_drawer()
    {
        string[] drawers = ["Helper", "Helpers", "Util", "Utils", "Utilities", "Manager", "Common", "Misc"];

        Repository.Files("src", ".cs").Concat(Repository.Files("tests", ".cs"))
            .Where(file => drawers.Any(Path.GetFileNameWithoutExtension(file).EndsWith)).Select(Repository.Relative).ShouldBeEmpty();
    }

    [Fact]
    public void The_domain_uses_nothing_but_dotnet()
    {
        var files = Repository.Files("src/Grains/Domain", ".cs").ToList();

        files.Count.ShouldBeGreaterThan(10);
        foreach (var file in files)
        {
            var text = File.ReadAllText(file);
            text.ShouldContain("namespace Orleans.Workflow.Grains.Domain;", customMessage: file);
            var used = Usings().Matches(text).Select(static match => match.Groups["name"].Value);
            used.Where(static name => name != "System" && !name.StartsWith("System.", StringComparison.Ordinal)).ShouldBeEmpty(file);
            Orleans().Matches(text).Select(static match => match.Value).ShouldBeEmpty($"{file} names something of Orleans, or of ours outside the domain");
        }
    }

    [Fact]
    public void The_domain_has_no_clock_no_chance_and_no_input()
    {
        string[] banned = ["TimeProvider", "DateTime", "Stopwatch", "Random", "NewGuid", "CreateVersion7", "File.", "Task<", "async ", "await "];

        foreach (var file in Repository.Files("src/Grains/Domain", ".cs"))
        {
            var code = string.Join('\n', File.ReadLines(file).Where(static line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal)));
            banned.Where(word => code.Contains(word, StringComparison.Ordinal)).ShouldBeEmpty(Repository.Relative(file));
        }
    }

    [GeneratedRegex(@"^\s*(?:global\s+)?using\s+(?:static\s+|\w+\s*=\s*)?(?<name>[\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Usings();

    [GeneratedRegex(@"\bOrleans\.(?!Workflow\.Grains\.Domain\b)[\w.]+|\[(?:Generate)?Serializer\b|\[Alias\b|\[Id\b")]
    private static partial Regex Orleans();
}

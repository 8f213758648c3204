namespace Orleans.Workflow.Standards.Tests;

/// <summary>What the sources look like.</summary>
public sealed class SourceTests
{
    private const int MaxColumns = 120;
    private const int MaxFunctionLines = 70;

    private static IEnumerable<string> Sources =>
        Repository.Folders.SelectMany(static folder => Repository.Files(folder, ".cs"));

    [Fact]
    public void No_line_is_longer_than_120_columns()
    {
        Sources.Count().ShouldBeGreaterThan(100);
        Sources
            .SelectMany(static file =>
                File.ReadLines(file)
                    .Index()
                    .Where(static line => line.Item.Length > MaxColumns)
                    .Select(line => Place(file, line.Index + 1))
            )
            .ShouldBeEmpty();
    }

    [Fact]
    public void No_function_is_longer_than_70_lines()
    {
        var functions = Sources
            .SelectMany(static path =>
                FunctionLines.Of(File.ReadAllLines(path)).Select(function => (Path: path, Function: function))
            )
            .ToList();

        functions.Count.ShouldBeGreaterThan(1000);
        functions
            .Where(static found => found.Function.Length > MaxFunctionLines)
            .Select(static found => Place(found.Path, found.Function.Line))
            .ShouldBeEmpty();
    }

    [Fact]
    public void A_function_is_measured_from_its_declaration_to_its_end() =>
        FunctionLines
            .Of(
                """
                /// <summary>A type.</summary>
                internal sealed record Sample(int A)
                {
                    private static readonly Func<int, int> Field = static x =>
                        x + 1;

                    [Fact]
                    public int Expression(int a = 1) =>
                        a
                        + 1;

                    public int Property { get; init; }

                    // A comment is not measured.
                    public void Block(
                        string text
                    )
                    {
                        Local();

                        void Local() { }
                    }

                    private enum Kind
                    {
                        One,
                    }

                    private sealed class Inner
                    {
                        public Inner()
                        {
                        }
                    }
                }
                """.Split('\n')
            )
            .ShouldBe([new(8, 3), new(12, 1), new(15, 8), new(31, 3)], ignoreOrder: true);

    [Fact]
    public void No_file_has_a_name_that_says_nothing()
    {
        string[] vague = ["Helper", "Helpers", "Util", "Utils", "Utilities", "Manager", "Common", "Misc"];

        Sources
            .Where(file => vague.Any(Path.GetFileNameWithoutExtension(file).EndsWith))
            .Select(Repository.Relative)
            .ShouldBeEmpty();
    }

    [Fact]
    public void The_domain_has_no_clock_no_chance_and_no_input()
    {
        string[] banned =
        [
            "TimeProvider",
            "DateTime",
            "Stopwatch",
            "Random",
            "NewGuid",
            "CreateVersion7",
            "File.",
            "Task<",
            "async ",
            "await ",
        ];

        foreach (var file in Repository.Files("src/Domain", ".cs"))
        {
            var code = string.Join(
                '\n',
                File.ReadLines(file).Where(static line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal))
            );
            banned
                .Where(word => code.Contains(word, StringComparison.Ordinal))
                .ShouldBeEmpty(Repository.Relative(file));
        }
    }

    private static string Place(string file, int line) => $"{Repository.Relative(file)}:{line}";
}

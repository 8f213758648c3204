using System.Text.RegularExpressions;
using Orleans.Workflow.Storage.Tests.Hosting;
using Orleans.Workflow.Testing.Mutants;

namespace Orleans.Workflow.Storage.Tests.Mutants;

/// <summary>
/// Tests that pass prove nothing unless they would fail: the product is built with one mistake after the other in its
/// SQL, and the tests that state the property must fail by name.
/// </summary>
public sealed class MutantTests(MutantRuns runs) : IClassFixture<MutantRuns>
{
    public static TheoryData<string> Mistakes => [.. Mutant.All.Select(static mutant => mutant.Name)];

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task A_build_with_a_mistake_fails_the_tests_of_what_it_breaks(string mistake)
    {
        var mutant = Mutant.All.Single(mutant => mutant.Name == mistake);

        // A wait for something that a mutant does not do runs into its timeout.
        var (_, output) = await runs.Run(mutant.Edits, [.. mutant.Breaks, .. Mutant.Passes], "TEST_DEADLINE_SECONDS=6");

        var failed = output
            .Split('\n')
            .Select(static line => line.Trim())
            .Where(static line => line.EndsWith("[FAIL]", StringComparison.Ordinal))
            .ToList();
        mutant.Breaks.ShouldAllBe(
            test => failed.Exists(line => line.StartsWith(test, StringComparison.Ordinal)),
            output
        );
        failed.ShouldAllBe(line => mutant.Breaks.Any(test => line.StartsWith(test, StringComparison.Ordinal)), output);
    }

    [Fact]
    public async Task A_build_without_a_mistake_passes_the_same_tests()
    {
        var tests = Mutant.All.SelectMany(static mutant => mutant.Breaks).Distinct().ToList();

        var (passed, output) = await runs.Run([], tests);

        passed.ShouldBeTrue(output);
        var total = int.Parse(Regex.Match(output, "Total: ([0-9]+)").Groups[1].Value);
        total.ShouldBeGreaterThanOrEqualTo(tests.Count, output);
    }
}

/// <summary>
/// Runs chosen tests of this program with mistakes in the product, on the PostgreSQL server of this run.
/// </summary>
public sealed class MutantRuns(PostgresDatabases databases) : IDisposable
{
    private readonly MutantBuilder _builder = new();

    internal Task<(bool Passed, string Output)> Run(
        IReadOnlyList<SourceEdit> mistakes,
        IEnumerable<string> tests,
        params IEnumerable<string> environment
    ) =>
        _builder.Run(
            mistakes,
            [.. environment, $"TEST_POSTGRES={databases.Server.Administration}"],
            [.. tests.SelectMany(static test => (string[])["-method", test])]
        );

    /// <inheritdoc/>
    public void Dispose() => _builder.Dispose();
}

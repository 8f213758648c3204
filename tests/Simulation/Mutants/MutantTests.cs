namespace Orleans.Workflow.Simulation.Tests.Mutants;

/// <summary>
/// A simulation that finds nothing proves nothing unless it would have found something: the product is built with one
/// mistake after the other, and the simulation must name the property that no longer holds.
/// </summary>
public sealed class MutantTests(MutantRun run) : IClassFixture<MutantRun>
{
    public static TheoryData<string> Mistakes => [.. Mutant.All.Select(static mutant => mutant.Name)];

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task A_build_with_a_mistake_breaks_the_property_by_name(string mistake)
    {
        var mutant = Mutant.All.Single(mutant => mutant.Name == mistake);

        var said = await run.Try(mutant);

        said.ShouldNotBeNull("the simulation noticed nothing");

        // Which of the broken schedules is shown depends on the seed of the run.
        var broken = said.Split('\n')
            .FirstOrDefault(static line => line.Contains("Broken properties:"))
            .ShouldNotBeNull(said);
        mutant.Breaks.ShouldContain(property => broken.Contains($"{property} ("), said);
    }
}

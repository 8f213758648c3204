namespace Orleans.Workflow.Simulation.Tests.WrongBuilds;

/// <summary>
/// A simulation that finds nothing proves nothing unless it would have found something: the product is built with one mistake after
/// the other, and the simulation must name the property that no longer holds.
/// </summary>
public sealed class WrongBuildTests(Workshop workshop) : IClassFixture<Workshop>
{
    public static TheoryData<string> Mistakes => [.. WrongBuild.All.Select(static wrong => wrong.Name)];

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task A_build_with_a_mistake_breaks_the_property_by_name(string mistake)
    {
        var wrong = WrongBuild.All.Single(wrong => wrong.Name == mistake);

        var said = await workshop.Try(wrong);

        said.ShouldNotBeNull("the simulation noticed nothing");

        // Which of the broken schedules is shown depends on the seed of the run.
        var broken = said.Split('\n').FirstOrDefault(static line => line.Contains("Broken properties:")).ShouldNotBeNull(said);
        wrong.Breaks.ShouldContain(property => broken.Contains($"{property} ("), said);
    }
}

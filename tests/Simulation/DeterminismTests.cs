using CsCheck;
using Orleans.Workflow.Simulation.Tests.Worlds;

namespace Orleans.Workflow.Simulation.Tests;

/// <summary>A failure can be looked at again only if the same scenario always gives the same run.</summary>
public sealed class DeterminismTests
{
    [Fact]
    public void The_same_scenario_gives_the_same_trace() =>
        Scenario.Any.Sample(
            static scenario =>
            {
                var (once, again) = (SimulatedCluster.Play(scenario), SimulatedCluster.Play(scenario));
                again.Trace.ShouldBe(once.Trace);
                again.SimulationLoop.ShouldBe(once.SimulationLoop);
            },
            iter: 60
        );

    [Fact]
    public void Another_seed_gives_another_trace()
    {
        var scenario = new Scenario(1, 2, 2, 8, 2, 300, 2, 5, 2, 2, 1, 256, 4_096, 8, FailsOver: true);

        SimulatedCluster.Play(scenario with { Seed = 2 }).Trace.ShouldNotBe(SimulatedCluster.Play(scenario).Trace);
    }
}

using Orleans.Workflow.Simulation.Tests.Scheduling;

namespace Orleans.Workflow.Simulation.Tests;

/// <summary>What the simulation takes from the inside of Orleans.</summary>
public sealed class OrleansTests
{
    [Fact]
    public void The_context_of_a_grain_can_be_set_as_the_simulation_does() =>
        SimulatedScheduler
            .FindSetter()
            .ShouldNotBeNull(
                "This version of Orleans has no RuntimeContext.SetExecutionContext(IGrainContext, out IGrainContext). "
                    + "Look in its Orleans.Core.Abstractions for what sets the context of a thread before a turn of a "
                    + "grain, and call that in SimulatedScheduler.cs; no other test of this project works until then."
            );
}

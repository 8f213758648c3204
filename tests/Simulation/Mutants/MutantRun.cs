using Orleans.Workflow.Testing.Mutants;

namespace Orleans.Workflow.Simulation.Tests.Mutants;

/// <summary>Runs the simulation with a mistake in the product.</summary>
public sealed class MutantRun : IDisposable
{
    // Enough for the rarest of the mistakes, many times over.
    private const int Schedules = 1_500;

    private readonly MutantBuilder _builder = new();

    /// <summary>Makes a mistake, builds the project that has it, and runs the simulation with it.</summary>
    /// <returns>What the simulation said; null if it noticed nothing.</returns>
    internal async Task<string?> Try(Mutant mutant)
    {
        var (passed, output) = await _builder.Run(
            [new SourceEdit(mutant.File, mutant.Right, mutant.Wrong)],
            [$"SIMULATION_SCHEDULES={Schedules}", $"SIMULATION_UNTIL={string.Join(',', mutant.Breaks)}"],
            ["-class", typeof(ScheduleTests).FullName!]
        );
        return passed ? null : output;
    }

    /// <inheritdoc/>
    public void Dispose() => _builder.Dispose();
}

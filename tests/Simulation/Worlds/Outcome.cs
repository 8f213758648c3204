using Orleans.Workflow.Simulation.Tests.Properties;

namespace Orleans.Workflow.Simulation.Tests.Worlds;

/// <summary>The result of a run.</summary>
/// <param name="Violation">What did not hold; null if everything did.</param>
/// <param name="Faults">How often each kind of fault happened.</param>
/// <param name="SimulationLoop">How many turns were taken.</param>
/// <param name="Commits">How many rows were committed.</param>
/// <param name="Acknowledged">How many receipts were acknowledged.</param>
/// <param name="Reads">How many reads were answered.</param>
/// <param name="Trace">What happened, in order.</param>
internal sealed record Outcome(
    Violation? Violation,
    IReadOnlyList<int> Faults,
    int SimulationLoop,
    int Commits,
    int Acknowledged,
    int Reads,
    string Trace
);

using Orleans.Workflow.Simulation.Tests.Faults;
using Orleans.Workflow.Simulation.Tests.Scheduling;

namespace Orleans.Workflow.Simulation.Tests.Runtime;

/// <summary>
/// Carries calls and answers. Each takes its own time, so they overtake each other; some are lost, late, or come twice.
/// </summary>
internal sealed class Network(Cluster cluster, SimulatedTime time, FaultInjector faults)
{
    /// <summary>Carries a call to its grain.</summary>
    public void Send(Message message)
    {
        if (faults.Strikes(FaultKind.CallLost, $"{message}"))
            return;

        if (faults.Strikes(FaultKind.CallDoubled, $"{message}"))
            Carry(message, 50);

        Carry(message, faults.Strikes(FaultKind.CallLate, $"{message}") ? 6_000 : 5);
    }

    /// <summary>Carries an answer back.</summary>
    public void Answer(Message message, object? result, Exception? exception)
    {
        if (faults.Strikes(FaultKind.AnswerLost, $"{message}"))
            return;

        var longest = faults.Strikes(FaultKind.AnswerLate, $"{message}") ? 6_000 : 5;
        time.After(faults.Random.Between(0, longest), () => message.Answer(result, exception));
    }

    private void Carry(Message message, int longest) =>
        time.After(faults.Random.Between(0, longest), () => cluster.Deliver(message));
}

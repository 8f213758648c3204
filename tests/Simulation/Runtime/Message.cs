using Orleans.Serialization.Invocation;
using Orleans.Workflow.Simulation.Tests.Scheduling;

namespace Orleans.Workflow.Simulation.Tests.Runtime;

/// <summary>A call on its way to a grain.</summary>
/// <param name="target">The grain.</param>
/// <param name="request">What is asked.</param>
/// <param name="caller">The silo that asks; null if it is a client.</param>
/// <param name="expires">When the caller gives up; Orleans drops a message that arrives later.</param>
/// <param name="answer">Takes the answer: what was returned, or the exception.</param>
internal sealed class Message(
    GrainId target,
    IInvokable request,
    Silo? caller,
    TimeSpan expires,
    Action<object?, Exception?> answer
)
{
    public GrainId Target => target;

    public IInvokable Request => request;

    public Silo? Caller => caller;

    /// <summary>How often an activation that is gone has passed it on.</summary>
    public int Forwarded { get; set; }

    public bool IsExpired(SimulatedTime time) => time.Elapsed > expires;

    public void Answer(object? result, Exception? exception) => answer(result, exception);

    public override string ToString() => $"{target.Key}.{request.GetMethodName()}";
}

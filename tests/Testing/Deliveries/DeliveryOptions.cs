using System.Collections.Immutable;

namespace Orleans.Workflow.Testing.Deliveries;

/// <summary>How a plan is delivered.</summary>
/// <param name="Addresses">The Apis. A client begins with one and goes to the next when it was not answered
/// 200.</param>
public sealed record DeliveryOptions(ImmutableArray<Uri> Addresses)
{
    /// <summary>How many clients send at the same time, each one delivery after the other.</summary>
    public int Clients { get; init; } = 64;

    /// <summary>How many deliveries are started per second at most; null for as many as the clients can.</summary>
    public int? PerSecond { get; init; }

    /// <summary>
    /// What a delivery waits for before it is sent first, by its place in the plan; null for nothing.
    /// </summary>
    public Func<int, Task>? Gate { get; init; }

    /// <summary>How long a client waits for an answer before it sends again.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a client waits after an answer that is not 200.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// How long a delivery is sent again and again. When this is over, the run has failed, or gives it up.
    /// </summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Whether a delivery that was not acknowledged in time is given up, as a vendor does, instead of failing the run.
    /// </summary>
    public bool GivesUp { get; init; }

    /// <summary>Is called with each acknowledgement, before the client sends more.</summary>
    public Action<Sending>? Acknowledged { get; init; }
}

/// <summary>A delivery was refused, or not acknowledged in time.</summary>
public sealed class DeliveryException : Exception
{
    /// <summary>Says that a delivery was not delivered.</summary>
    public DeliveryException() { }

    /// <summary>Says why a delivery was not delivered.</summary>
    public DeliveryException(string message)
        : base(message) { }

    /// <summary>Says why a delivery was not delivered, with what caused it.</summary>
    public DeliveryException(string message, Exception innerException)
        : base(message, innerException) { }
}

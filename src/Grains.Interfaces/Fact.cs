using System.Collections.Immutable;

namespace Orleans.Workflow.Grains.Interfaces;

/// <summary>Which of the vendor's notifications a fact is. The numbers are persisted.</summary>
[Alias("orleans.workflow.FactKind")]
public enum FactKind
{
    /// <summary>An entry of the workflow's list is done.</summary>
    ListCompletion = 0,

    /// <summary>A call has ended, or the calls to a number have.</summary>
    CallCompletion = 1,

    /// <summary>A Custom API node has pushed its data.</summary>
    CustomNode = 2,

    /// <summary>The status of a WhatsApp message has changed.</summary>
    WabaStatus = 3,

    /// <summary>The session of a chatbot has ended.</summary>
    ChatbotSession = 4,

    /// <summary>The predictive dialer reports on a task, a contact or an agent.</summary>
    Dialer = 5,

    /// <summary>A notification that fits no kind, kept as its source is configured to.</summary>
    Unknown = 6,
}

/// <summary>
/// A notification that is not a status change, as it was read from its body: something that happened once. It changes
/// no status.
/// </summary>
/// <param name="Kind">Which notification.</param>
/// <param name="WorkflowId">The workflow; empty if the vendor names none.</param>
/// <param name="WorkflowName">Its name; null if the body says nothing of it.</param>
/// <param name="NodetaskId">The node that the fact belongs to; empty if it names none or several.</param>
/// <param name="Nodes">The nodes that it names, with what it says of them, without tasks.</param>
/// <param name="Identity">What makes it the same fact when it comes again, within its kind and node.</param>
/// <param name="Value">What is counted of it, such as the reason of a call's end; null if that is not known.</param>
/// <param name="TaskId">The task; null if the body names none.</param>
/// <param name="CaseId">The entry of the list; null if the body names none.</param>
/// <param name="Callee">The number or address of the person, as received; null if the body names none.</param>
/// <param name="OccurredAt">The vendor's time of it; null if the body has none.</param>
[GenerateSerializer, Immutable, Alias("orleans.workflow.Fact")]
public sealed record Fact(
    [property: Id(0)] FactKind Kind,
    [property: Id(1)] string WorkflowId,
    [property: Id(2)] string? WorkflowName,
    [property: Id(3)] string NodetaskId,
    [property: Id(4)] ImmutableArray<StatusChangeAction> Nodes,
    [property: Id(5)] string Identity,
    [property: Id(6)] string? Value,
    [property: Id(7)] string? TaskId,
    [property: Id(8)] string? CaseId,
    [property: Id(9)] string? Callee,
    [property: Id(10)] DateTimeOffset? OccurredAt
)
{
    /// <summary>Which kind it is and what it is about; nothing of a person.</summary>
    public override string ToString() => $"{Kind} of {WorkflowId} {NodetaskId}";
}

/// <summary>One accepted fact on its way to its node.</summary>
/// <param name="Id">The receipt's id, a UUIDv7; the same for every attempt to deliver it.</param>
/// <param name="ReceivedAt">When it was received, in whole milliseconds.</param>
/// <param name="Source">The named sender.</param>
/// <param name="Fact">The fact as it was read from the body.</param>
/// <param name="Body">The raw body. Kept, never read again by the grain.</param>
[GenerateSerializer, Immutable, Alias("orleans.workflow.FactReceipt")]
public sealed record FactReceipt(
    [property: Id(0)] Guid Id,
    [property: Id(1)] DateTimeOffset ReceivedAt,
    [property: Id(2)] string Source,
    [property: Id(3)] Fact Fact,
    [property: Id(4)] ReadOnlyMemory<byte> Body
)
{
    /// <summary>
    /// Which receipt it is. Orleans writes the arguments of a call that fails into its logs: nothing of the body may be
    /// there.
    /// </summary>
    public override string ToString() => $"receipt {Id} of {Source}";
}

/// <summary>How many facts of a kind a node, or a workflow, has with a value.</summary>
/// <param name="NodetaskId">The node; empty for facts of the workflow itself.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Value">The value; empty where none is known.</param>
/// <param name="Count">How many; one that came again is one.</param>
/// <param name="Different">How many more bodies there were than facts.</param>
[GenerateSerializer, Immutable, Alias("orleans.workflow.FactCount")]
public readonly record struct FactCount(
    [property: Id(0)] string NodetaskId,
    [property: Id(1)] FactKind Kind,
    [property: Id(2)] string Value,
    [property: Id(3)] long Count,
    [property: Id(4)] long Different
);

using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Storage.Queries;

/// <summary>
/// Which facts: those that meet every condition that is given. A workflow, an entry or a callee must be given: an index
/// leads to them.
/// </summary>
public sealed record FactFilter
{
    /// <summary>The workflow.</summary>
    public string? WorkflowId { get; init; }

    /// <summary>The node, with its workflow.</summary>
    public string? NodetaskId { get; init; }

    /// <summary>The kind.</summary>
    public FactKind? Kind { get; init; }

    /// <summary>What is counted of it, exactly.</summary>
    public string? Value { get; init; }

    /// <summary>The entry of the list, exactly.</summary>
    public string? CaseId { get; init; }

    /// <summary>The number or address of the person, however it is written.</summary>
    public string? Callee { get; init; }

    /// <summary>Received later than this.</summary>
    public DateTimeOffset? ReceivedAfter { get; init; }

    /// <summary>Received earlier than this.</summary>
    public DateTimeOffset? ReceivedBefore { get; init; }

    /// <summary>Which conditions are given; nothing of a person.</summary>
    public override string ToString() => $"facts of {WorkflowId} {NodetaskId}";
}

/// <summary>The place of a fact among all facts, in the order of their acceptance.</summary>
/// <param name="Position">Its position.</param>
public sealed record FactPosition(long Position);

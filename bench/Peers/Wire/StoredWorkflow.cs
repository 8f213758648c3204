namespace Orleans.Workflow.Wire;

/// <summary>What a peer answers to <c>GET /workflows/{id}</c>.</summary>
public sealed record StoredWorkflow(
    string WorkflowId,
    string WorkflowName,
    string Status,
    long Version,
    IReadOnlyList<StoredNode> Nodes
)
{
    /// <summary>Its calls; null if there are none.</summary>
    public StoredFacts? Facts { get; init; }
}

/// <summary>The facts of a stored workflow.</summary>
public sealed record StoredFacts(StoredCalls CallCompletion);

/// <summary>Calls, counted by the reason of their end.</summary>
public sealed record StoredCalls(long Count, IReadOnlyDictionary<string, long> Values);

/// <summary>A node of a stored workflow.</summary>
public sealed record StoredNode(
    string NodetaskId,
    string NodetaskName,
    string NodeType,
    string? TaskId,
    string? TaskStatus
);

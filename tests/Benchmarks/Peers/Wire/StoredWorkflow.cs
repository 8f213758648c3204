namespace Orleans.Workflow.Wire;

/// <summary>What a peer answers to <c>GET /workflows/{id}</c>.</summary>
public sealed record StoredWorkflow(string WorkflowId, string WorkflowName, string Status, long Version, IReadOnlyList<StoredNode> Nodes);

/// <summary>A node of a stored workflow.</summary>
public sealed record StoredNode(string NodetaskId, string NodetaskName, string NodeType, string? TaskId, string? TaskStatus);

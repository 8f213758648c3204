namespace Orleans.Workflow.Wire;

/// <summary>The vendor's notification, as a service that trusts it would read it.</summary>
public sealed record VendorNotification(string WorkflowId, string WorkflowName, string Status, VendorAction[] Actions);

/// <summary>An entry of <c>actions</c>.</summary>
public sealed record VendorAction(
    string NodetaskId,
    string NodetaskName,
    string NodeType,
    string? TaskId,
    string? TaskStatus
);

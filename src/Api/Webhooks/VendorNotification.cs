using System.Collections.Immutable;

namespace Orleans.Workflow.Api.Webhooks;

/// <summary>The vendor's Workflow Status Change notification, for the description of the contract.</summary>
/// <param name="WorkflowId">The workflow; 1 to 128 characters. A number is taken as its exact text.</param>
/// <param name="WorkflowName">Its name; up to 1,024 characters, may be empty. Null or missing is taken too, and says
/// nothing.</param>
/// <param name="Status">Its status; 1 to 256 characters.</param>
/// <param name="Actions">Its node tasks; up to 10,000.</param>
public sealed record VendorNotification(
    string WorkflowId,
    string WorkflowName,
    string Status,
    ImmutableArray<VendorAction> Actions
);

/// <summary>A node task, with a task of it if it has one.</summary>
/// <param name="NodetaskId">The node task; 1 to 128 characters.</param>
/// <param name="NodetaskName">Its name; up to 1,024 characters, may be empty. Null or missing is taken too, and says
/// nothing.</param>
/// <param name="NodeType">Its type, such as call or sms. Null or missing is taken too, and says nothing.</param>
/// <param name="TaskId">The task; up to 128 characters.</param>
/// <param name="TaskStatus">The task's status; up to 256 characters.</param>
public sealed record VendorAction(
    string NodetaskId,
    string NodetaskName,
    string NodeType,
    string? TaskId = null,
    string? TaskStatus = null
);

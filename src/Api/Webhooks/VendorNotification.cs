using System.Collections.Immutable;

namespace Orleans.Workflow.Api.Webhooks;

/// <summary>The vendor's Workflow Status Change notification, for the description of the contract.</summary>
/// <param name="WorkflowId">The workflow; 1 to 128 characters.</param>
/// <param name="Status">Its status; 1 to 256 characters.</param>
/// <param name="Actions">Its node tasks; up to 10,000.</param>
/// <param name="WorkflowName">Its name; up to 1,024 characters, may be empty. Without it, or null, nothing is said of it.</param>
public sealed record VendorNotification(string WorkflowId, string Status, ImmutableArray<VendorAction> Actions, string? WorkflowName = null);

/// <summary>A node task, with a task of it if it has one.</summary>
/// <param name="NodetaskId">The node task; 1 to 128 characters.</param>
/// <param name="NodetaskName">Its name; up to 1,024 characters, may be empty. Without it, or null, nothing is said of it.</param>
/// <param name="NodeType">Its type, such as call or sms. Without it, or null, nothing is said of it.</param>
/// <param name="TaskId">The task; up to 128 characters.</param>
/// <param name="TaskStatus">The task's status; up to 256 characters.</param>
public sealed record VendorAction(
    string NodetaskId, string? NodetaskName = null, string? NodeType = null, string? TaskId = null, string? TaskStatus = null);

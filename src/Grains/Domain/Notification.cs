using System.Collections.Immutable;

namespace Orleans.Workflow.Grains.Domain;

/// <summary>A Workflow Status Change notification of the vendor, read and checked, in the vendor's own words and order.</summary>
/// <param name="WorkflowId">Vendor field <c>workflow_id</c>; opaque, compared byte for byte.</param>
/// <param name="WorkflowName">Vendor field <c>workflow_name</c>; a label, may be empty; null if it says nothing of it.</param>
/// <param name="Status">Vendor field <c>status</c>; not blank.</param>
/// <param name="Actions">Vendor field <c>actions</c>.</param>
public sealed record Notification(string WorkflowId, string? WorkflowName, string Status, ImmutableArray<ActionEntry> Actions);

/// <summary>One entry of <c>actions</c>.</summary>
/// <param name="NodeTaskId">Vendor field <c>nodetask_id</c>; not blank.</param>
/// <param name="NodeTaskName">Vendor field <c>nodetask_name</c>; a label, may be empty; null if it says nothing of it.</param>
/// <param name="NodeType">Vendor field <c>node_type</c>; a label, may be empty; null if it says nothing of it.</param>
/// <param name="TaskId">Vendor field <c>task_id</c>; null if absent, null or blank.</param>
/// <param name="TaskStatus">Vendor field <c>task_status</c>; null if absent, null or blank.</param>
public readonly record struct ActionEntry(string NodeTaskId, string? NodeTaskName, string? NodeType, string? TaskId, string? TaskStatus);

/// <summary>One accepted notification, as the fold takes it.</summary>
/// <param name="Id">The receipt's id, a UUIDv7.</param>
/// <param name="ReceivedAt">When it was received, in Unix milliseconds. Shown, never compared by a rule.</param>
/// <param name="Source">The named sender.</param>
/// <param name="Notification">What was received.</param>
public sealed record Receipt(Guid Id, long ReceivedAt, string Source, Notification Notification);

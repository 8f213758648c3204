using System.Collections.Immutable;

namespace Orleans.Workflow.Grains.Interfaces;

/// <summary>One accepted notification on its way to its workflow.</summary>
/// <param name="Id">The receipt's id, a UUIDv7; the same for every attempt to deliver it.</param>
/// <param name="ReceivedAt">When it was received, in whole milliseconds.</param>
/// <param name="Source">The named sender.</param>
/// <param name="Notification">The notification as it was read from the body.</param>
/// <param name="Body">The raw body. Kept, never read again by the grain.</param>
[GenerateSerializer, Immutable, Alias("orleans.workflow.NotificationReceipt")]
public sealed record NotificationReceipt(
    [property: Id(0)] Guid Id,
    [property: Id(1)] DateTimeOffset ReceivedAt,
    [property: Id(2)] string Source,
    [property: Id(3)] StatusChange Notification,
    [property: Id(4)] ReadOnlyMemory<byte> Body
)
{
    /// <summary>
    /// Which receipt it is. Orleans writes the arguments of a call that fails into its logs: nothing of the body may be
    /// there.
    /// </summary>
    public override string ToString() => $"receipt {Id} of {Source}";
}

/// <summary>
/// The vendor's Workflow Status Change notification, read and checked, in the vendor's own words and order.
/// </summary>
/// <param name="WorkflowId">Vendor field <c>workflow_id</c>; opaque, compared byte for byte.</param>
/// <param name="WorkflowName">Vendor field <c>workflow_name</c>; a label, may be empty; null if it says nothing of
/// it.</param>
/// <param name="Status">Vendor field <c>status</c>; not blank. Null of an introduction, which facts make: it says which
/// nodes there are and what they are called.</param>
/// <param name="Actions">Vendor field <c>actions</c>.</param>
[GenerateSerializer, Immutable, Alias("orleans.workflow.StatusChange")]
public sealed record StatusChange(
    [property: Id(0)] string WorkflowId,
    [property: Id(1)] string? WorkflowName,
    [property: Id(2)] string? Status,
    [property: Id(3)] ImmutableArray<StatusChangeAction> Actions
)
{
    /// <summary>Which workflow it is about; nothing else of the body.</summary>
    public override string ToString() => $"status change of {WorkflowId}";
}

/// <summary>One entry of the vendor's field <c>actions</c>.</summary>
/// <param name="NodeTaskId">Vendor field <c>nodetask_id</c>; not blank.</param>
/// <param name="NodeTaskName">Vendor field <c>nodetask_name</c>; a label, may be empty; null if it says nothing of
/// it.</param>
/// <param name="NodeType">Vendor field <c>node_type</c>; a label, may be empty; null if it says nothing of it.</param>
/// <param name="TaskId">Vendor field <c>task_id</c>; null if absent, null or blank.</param>
/// <param name="TaskStatus">Vendor field <c>task_status</c>; null if absent, null or blank.</param>
[GenerateSerializer, Immutable, Alias("orleans.workflow.StatusChangeAction")]
public readonly record struct StatusChangeAction(
    [property: Id(0)] string NodeTaskId,
    [property: Id(1)] string? NodeTaskName,
    [property: Id(2)] string? NodeType,
    [property: Id(3)] string? TaskId,
    [property: Id(4)] string? TaskStatus
)
{
    /// <summary>Which node task it is about; nothing else of the body.</summary>
    public override string ToString() => $"action of {NodeTaskId}";
}

/// <summary>The answer to a receipt: it is durable, and this is what it did.</summary>
/// <param name="ReceiptId">The receipt's id.</param>
/// <param name="Effect">What it did.</param>
/// <param name="Version">The workflow's version after it.</param>
[GenerateSerializer, Immutable, Alias("orleans.workflow.Acknowledgement")]
public sealed record Acknowledgement(
    [property: Id(0)] Guid ReceiptId,
    [property: Id(1)] ReceiptEffect Effect,
    [property: Id(2)] long Version
);

/// <summary>What to wait for.</summary>
/// <param name="MinVersion">At least this version; null for any.</param>
/// <param name="Until">At least this phase; null for any.</param>
/// <param name="AtMost">How long.</param>
[GenerateSerializer, Immutable, Alias("orleans.workflow.WaitCondition")]
public sealed record WaitCondition(
    [property: Id(0)] long? MinVersion,
    [property: Id(1)] WorkflowPhase? Until,
    [property: Id(2)] TimeSpan AtMost
)
{
    /// <summary>Whether a state meets it; an unknown workflow never does.</summary>
    public bool IsMetBy(WorkflowView? state) => state is not null && IsMetBy(state.Version, state.Phase);

    /// <summary>Whether a state of a known workflow meets it.</summary>
    /// <param name="version">The version of the state.</param>
    /// <param name="phase">Its phase.</param>
    public bool IsMetBy(long version, WorkflowPhase? phase) =>
        (MinVersion is not { } least || version >= least) && (Until is not { } until || phase >= until);
}

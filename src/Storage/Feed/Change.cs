using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Storage.Feed;

/// <summary>What one receipt changed: one version of one workflow.</summary>
/// <param name="Position">Its place among all changes. Unique and ascending, for a workflow in the order of its
/// versions; not without gaps.</param>
/// <param name="WorkflowId">The workflow.</param>
/// <param name="Version">The workflow's version after it.</param>
/// <param name="ReceiptId">The receipt that caused it.</param>
/// <param name="ReceivedAt">When that was received.</param>
/// <param name="Effect">What that did.</param>
/// <param name="Transitions">
/// The changes, in the order in which they were made; none if only places were asked for, or if they were removed.
/// </param>
/// <param name="Workflow">
/// The workflow's row in the list when this was read: of this version or of a later one. Null unless asked for, and of
/// a deleted workflow.
/// </param>
/// <param name="Trimmed">Whether retention removed the transitions of this version, and of earlier ones.</param>
public sealed record Change(
    long Position,
    string WorkflowId,
    long Version,
    Guid ReceiptId,
    DateTimeOffset ReceivedAt,
    ReceiptEffect Effect,
    ImmutableArray<TransitionSummary> Transitions,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] WorkflowSummary? Workflow,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Trimmed = false
) : ILogEntry;

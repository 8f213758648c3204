using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Storage.ReadModel;

namespace Orleans.Workflow.Api.Feed;

/// <summary>Whose changes a reader wants, and how much of them.</summary>
/// <param name="WorkflowId">One workflow's; null for those of all.</param>
/// <param name="State">Those of workflows that meet this, as they are.</param>
/// <param name="Every">Not the changes, only that there were some, and not more often than this; null for the changes.</param>
internal sealed record FeedFilter(string? WorkflowId, WorkflowFilter State, TimeSpan? Every)
{
    /// <summary>Whether a change of a workflow is wanted; says what the list says of it.</summary>
    public bool Admits(WorkflowSummary workflow) =>
        (WorkflowId is null || workflow.WorkflowId == WorkflowId)
        && (State.Phase is null || workflow.Phase == State.Phase)
        && (State.Outcome is null || workflow.Outcome == State.Outcome)
        && (State.Attention is not { } attention || workflow.Attention.Contains(attention))
        && (State.NodeType is not { } type || workflow.NodeTypes.Contains(type))
        && (State.Status is not { } status || (workflow.Status is { } known && Vocabulary.Normalise(known) == status))
        && (State.NamePrefix is not { } prefix
            || (workflow.WorkflowName ?? string.Empty).ToLowerInvariant().StartsWith(prefix.ToLowerInvariant(), StringComparison.Ordinal));
}

using Orleans.Workflow.Domain;
using Orleans.Workflow.Storage.Feed;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Feed;

/// <summary>Whose changes a reader wants, and how much of them.</summary>
/// <param name="WorkflowId">One workflow's; null for those of all.</param>
/// <param name="State">Those of workflows that meet this, as they are.</param>
/// <param name="Every">Not the changes, only that there were some, and not more often than this; null for the
/// changes.</param>
/// <param name="WithWorkflow">Whether the workflow as it is comes with each change.</param>
internal sealed record FeedFilter(string? WorkflowId, WorkflowFilter State, TimeSpan? Every, bool WithWorkflow)
{
    private static readonly WorkflowFilter Any = new();

    /// <summary>How much of the changes must be read.</summary>
    public ChangeDetail Detail =>
        WithWorkflow || State != Any ? ChangeDetail.Workflow
        : Every is null ? ChangeDetail.Transitions
        : ChangeDetail.Place;

    /// <summary>Whether a change is wanted.</summary>
    public bool Admits(FeedEvent change) =>
        (WorkflowId is null || change.WorkflowId == WorkflowId) && (change.Workflow is null || Admits(change.Workflow));

    /// <summary>Says what the list says of a workflow.</summary>
    private bool Admits(WorkflowSummary workflow) =>
        (State.Phase is null || workflow.Phase == State.Phase)
        && (State.Outcome is null || workflow.Outcome == State.Outcome)
        && (State.Attention is not { } attention || workflow.Attention.Contains(attention))
        && (State.NodeType is not { } type || workflow.NodeTypes.Contains(type))
        && (State.Status is not { } status || (workflow.Status is { } known && Vocabulary.Normalise(known) == status))
        && (
            State.NamePrefix is not { } prefix
            || (workflow.WorkflowName ?? string.Empty)
                .ToLowerInvariant()
                .StartsWith(prefix.ToLowerInvariant(), StringComparison.Ordinal)
        );
}

using Orleans.Workflow.Domain;
using Orleans.Workflow.Storage.Feed;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Feed;

/// <summary>Whose changes and facts a reader wants, and how much of them.</summary>
/// <param name="WorkflowId">One workflow's; null for those of all.</param>
/// <param name="State">Those of workflows that meet this, as they are.</param>
/// <param name="Every">Not the changes, only that there were some, and not more often than this; null for the
/// changes.</param>
/// <param name="WithWorkflow">Whether the workflow as it is comes with each change.</param>
/// <param name="WithFacts">Whether facts are wanted too.</param>
internal sealed record FeedFilter(
    string? WorkflowId,
    WorkflowFilter State,
    TimeSpan? Every,
    bool WithWorkflow,
    bool WithFacts
)
{
    private static readonly WorkflowFilter Any = new();

    /// <summary>How much of the changes must be read.</summary>
    public LogDetail Detail =>
        WithWorkflow || State != Any ? LogDetail.Workflow
        : Every is null ? LogDetail.Content
        : LogDetail.Hint;

    /// <summary>How much of the facts must be read: their workflow only to filter by it.</summary>
    public LogDetail FactDetail =>
        State != Any ? LogDetail.Workflow
        : Every is null ? LogDetail.Content
        : LogDetail.Hint;

    /// <summary>Whether an event is wanted.</summary>
    /// <remarks>
    /// A change of a workflow that is gone is wanted whatever the filter: nobody can say any more whether it meets
    /// that. A fact without a workflow meets none.
    /// </remarks>
    public bool Admits(FeedEvent read) =>
        (WorkflowId is null || read.WorkflowId == WorkflowId)
        && (read.Workflow is null ? !read.IsFact || State == Any : Admits(read.Workflow));

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

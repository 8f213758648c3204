using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Workflows;

namespace Orleans.Workflow.Grains.Audit;

/// <summary>What the receipts of a workflow give, and the row that they are compared with.</summary>
/// <param name="State">The fold of the receipts.</param>
/// <param name="Vocabulary">
/// That under which the workflow was begun, or folded again: by its ranking it is shown and listed.
/// </param>
/// <param name="Row">The stored row; null if there is none.</param>
/// <param name="HasSnapshot">Whether a snapshot is stored, readable or not.</param>
internal sealed record FoldedWorkflow(WorkflowState State, Vocabulary Vocabulary, StoredRow? Row, bool HasSnapshot)
{
    /// <summary>The workflow in the list.</summary>
    public WorkflowRow Listed => WorkflowRows.Of(State, Vocabulary.Ranking);
}

using System.Collections.Immutable;

namespace Orleans.Workflow.Storage.ReadModel;

/// <summary>Reads what was derived from the workflows' states. Sees a state's rows all or none.</summary>
public interface IReadModel
{
    /// <summary>A page of workflows.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="sort">In which order.</param>
    /// <param name="after">Where the page begins; null for the first.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<Page<WorkflowSummary, WorkflowPosition>> ListWorkflows(
        WorkflowFilter filter, WorkflowSort sort, WorkflowPosition? after, int limit, CancellationToken cancellationToken);

    /// <summary>Counts workflows, the largest group first.</summary>
    Task<ImmutableArray<WorkflowCount>> CountWorkflows(WorkflowFilter filter, WorkflowGrouping grouping, CancellationToken cancellationToken);

    /// <summary>Since when nothing was received about the workflow that has been silent longest of those that have not ended; null if all have.</summary>
    Task<DateTimeOffset?> FindOldestSilence(CancellationToken cancellationToken);

    /// <summary>A page of a workflow's receipts, ascending by sequence number.</summary>
    Task<Page<ReceiptSummary, ReceiptPosition>> ListReceipts(
        string workflowId, ReceiptPosition? after, int limit, CancellationToken cancellationToken);

    /// <summary>A receipt with its raw body; null if there is none.</summary>
    Task<StoredReceipt?> FindReceipt(Guid receiptId, CancellationToken cancellationToken);

    /// <summary>A page of a workflow's transitions, oldest first.</summary>
    Task<Page<TransitionSummary, TransitionPosition>> ListTransitions(
        string workflowId, TransitionPosition? after, int limit, CancellationToken cancellationToken);

    /// <summary>Fails if the database does not answer.</summary>
    Task Ping(CancellationToken cancellationToken);
}

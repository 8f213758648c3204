
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
    /// <param name="filter">Which.</param>
    /// <param name="grouping">By what.</param>
    /// <param name="limit">How many groups at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null if they are counted by name and are more than <see cref="WorkflowCounts.MaxCountedByName"/>.</returns>
    Task<WorkflowCounts?> CountWorkflows(WorkflowFilter filter, WorkflowGrouping grouping, int limit, CancellationToken cancellationToken);

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

    /// <summary>What was removed of a workflow's receipts; null if nothing was.</summary>
    Task<ReceiptHorizon?> FindHorizon(string workflowId, CancellationToken cancellationToken);

    /// <summary>The latest time of receipt among all receipts that were removed; null if none were.</summary>
    Task<DateTimeOffset?> FindRemovedThrough(CancellationToken cancellationToken);

    /// <summary>Fails if the database does not answer.</summary>
    Task Ping(CancellationToken cancellationToken);
}

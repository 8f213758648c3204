namespace Orleans.Workflow.Grains.Persistence;

/// <summary>Finds earlier states of a workflow in the order of the fold. Implemented by the storage.</summary>
public interface IReceiptHistory
{
    /// <summary>
    /// Up to which place a workflow was folded when it reached a version, or the first that is still known to have it;
    /// null if it never did, or if that was removed.
    /// </summary>
    Task<long?> FindVersion(string workflowId, long version, CancellationToken cancellationToken);

    /// <summary>
    /// Up to which place a workflow was folded by a time, in Unix milliseconds: before the first receipt that was
    /// received later. Null if nothing was known of it then. Before the baseline if that was removed.
    /// </summary>
    /// <param name="workflowId">The vendor's id.</param>
    /// <param name="time">The time.</param>
    /// <param name="limit">How many receipts are looked through, from the first that is held; the last of them if none
    /// was received later.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task<long?> FindTime(string workflowId, long time, int limit, CancellationToken cancellationToken);
}

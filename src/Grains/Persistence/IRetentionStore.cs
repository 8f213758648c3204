namespace Orleans.Workflow.Grains.Persistence;

/// <summary>Finds what may go, and removes it. Every removal is one short transaction, and safe to repeat.</summary>
public interface IRetentionStore
{
    /// <summary>Receipts by the time in their ids, the oldest first.</summary>
    /// <param name="after">The id before the first.</param>
    /// <param name="before">The first id that is too young.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task<IReadOnlyList<(Guid Id, string WorkflowId)>> ListReceipts(
        Guid after,
        Guid before,
        int limit,
        CancellationToken cancellationToken
    );

    /// <summary>How many receipts workflows hold, ascending by id.</summary>
    Task<IReadOnlyList<(string WorkflowId, long Seq, long Held)>> ListHeld(
        string after,
        int limit,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Workflows that have ended, by the time of their last change, the oldest first, with how many receipts they hold.
    /// </summary>
    /// <param name="after">The time and id before the first.</param>
    /// <param name="before">The first time that is too young, in Unix milliseconds.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task<IReadOnlyList<(long ChangedAt, string WorkflowId, long Held)>> ListEnded(
        (long ChangedAt, string WorkflowId) after,
        long before,
        int limit,
        CancellationToken cancellationToken
    );

    /// <summary>Writes a baseline and removes the receipts that it replaces, both or neither.</summary>
    /// <returns>How many were removed; null if there is a later baseline, or a tombstone.</returns>
    Task<int?> Replace(BaselineRow baseline, CancellationToken cancellationToken);

    /// <summary>Removes refused requests.</summary>
    /// <param name="before">The first id that is too young.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>How many were removed.</returns>
    Task<int> RemoveRejected(Guid before, int limit, CancellationToken cancellationToken);

    /// <summary>Removes facts. Their counts stay.</summary>
    /// <param name="before">The first id that is too young.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>How many were removed.</returns>
    Task<int> RemoveFacts(Guid before, int limit, CancellationToken cancellationToken);

    /// <summary>Removes facts of a workflow that is about to be deleted. Their counts stay.</summary>
    /// <returns>How many were removed.</returns>
    Task<int> RemoveFactsOf(string workflowId, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Removes the bodies of facts, and with them the person; the facts stay. Continues where the last call ended.
    /// </summary>
    /// <param name="before">The first id that is too young.</param>
    /// <param name="limit">How many facts are looked at, at most.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>How many facts were looked at, and how many of them lost their body.</returns>
    Task<(int LookedAt, int Removed)> RemoveFactBodies(Guid before, int limit, CancellationToken cancellationToken);
}

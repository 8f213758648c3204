using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Orleans.Workflow.Grains.Interfaces;

/// <summary>
/// A workflow: the authority on its state, and the only place where anything about it is decided. Keyed by
/// <see cref="GrainKeys.Workflow"/>.
/// </summary>
[Alias("orleans.workflow.IWorkflowGrain")]
public interface IWorkflowGrain : IGrainWithStringKey
{
    /// <summary>
    /// Folds a notification and answers when the result is durable. Sending a receipt again is always safe.
    /// </summary>
    /// <exception cref="WorkflowUnavailableException">
    /// It could not be stored, or it is not known whether it was: send it again.
    /// </exception>
    /// <exception cref="WorkflowBusyException">Too much is waiting; nothing was done with it: send it again
    /// later.</exception>
    /// <exception cref="WorkflowLimitException">It tells of more than the workflow may hold; nothing was done with
    /// it.</exception>
    [AlwaysInterleave]
    [Alias("Receive")]
    Task<Acknowledgement> Receive(NotificationReceipt receipt);

    /// <summary>
    /// Makes the workflow and nodes known that facts are about, without a status, and answers when that is durable.
    /// What is known already stays as it is; a deleted workflow stays deleted.
    /// </summary>
    /// <param name="introduction">Has no status, and of its nodes nothing but what they are called.</param>
    /// <exception cref="WorkflowUnavailableException">
    /// It could not be stored, or it is not known whether it was: ask again.
    /// </exception>
    /// <exception cref="WorkflowBusyException">Too much is waiting; nothing was done: ask again later.</exception>
    /// <exception cref="WorkflowLimitException">There would be more nodes than the workflow may hold.</exception>
    [AlwaysInterleave]
    [Alias("Introduce")]
    Task Introduce(NotificationReceipt introduction);

    /// <summary>The last committed state; null if nothing is known of the workflow.</summary>
    /// <exception cref="WorkflowUnavailableException">The grain is about to reload its state: ask again.</exception>
    /// <exception cref="WorkflowDeletedException">The workflow was deleted.</exception>
    [AlwaysInterleave]
    [Alias("GetState")]
    Task<WorkflowView?> GetState();

    /// <summary>
    /// The last committed state, as soon as it meets a condition, and as it is when the time is over: null if nothing
    /// is known then.
    /// </summary>
    /// <param name="condition">What to wait for; its time should be well below the response timeout of Orleans.</param>
    /// <exception cref="WorkflowBusyException">Too many wait for this workflow already: ask again later.</exception>
    /// <exception cref="WorkflowUnavailableException">The grain is about to reload its state: ask again.</exception>
    /// <exception cref="WorkflowDeletedException">The workflow was deleted.</exception>
    [AlwaysInterleave]
    [Alias("WaitForState")]
    Task<WorkflowView?> WaitForState(WaitCondition condition);

    /// <summary>The last committed state of one node task; null if the workflow does not know it.</summary>
    /// <exception cref="WorkflowUnavailableException">The grain is about to reload its state: ask again.</exception>
    /// <exception cref="WorkflowDeletedException">The workflow was deleted.</exception>
    [AlwaysInterleave]
    [Alias("GetNode")]
    Task<NodeTaskView?> GetNode(string nodeTaskId);

    /// <summary>
    /// Folds the workflow again from its stored receipts, under the vocabulary of its silo, and commits what comes of
    /// it. Asking again is always safe.
    /// </summary>
    /// <param name="job">What asks for it; kept with the change.</param>
    /// <param name="vocabulary">The fingerprint of the vocabulary that is meant.</param>
    /// <exception cref="WorkflowUnavailableException">It could not be read or stored: ask again.</exception>
    [AlwaysInterleave]
    [ResponseTimeout("00:01:00")]
    [Alias("Refold")]
    Task<RefoldOutcome> Refold(string job, string vocabulary);

    /// <summary>
    /// What would be shown otherwise if the workflow were folded again from its stored receipts under a vocabulary.
    /// Changes nothing.
    /// </summary>
    /// <param name="vocabulary">The whole vocabulary, JSON as it is stored.</param>
    /// <exception cref="WorkflowUnavailableException">It could not be read: ask again.</exception>
    [AlwaysInterleave]
    [ResponseTimeout("00:01:00")]
    [Alias("TryRefold")]
    Task<ImmutableArray<RefoldChange>> TryRefold(string vocabulary);

    /// <summary>
    /// Deletes the workflow if it has ended and did not change since; a tombstone remains, so that a late notification
    /// does not bring it back to life. Asking again is always safe.
    /// </summary>
    /// <returns>Whether it is deleted.</returns>
    /// <exception cref="WorkflowUnavailableException">It could not be stored: ask again.</exception>
    [AlwaysInterleave]
    [Alias("Delete")]
    Task<bool> Delete(DateTimeOffset unchangedSince);
}

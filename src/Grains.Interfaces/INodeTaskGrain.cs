using Orleans.Concurrency;

namespace Orleans.Workflow.Grains.Interfaces;

/// <summary>
/// A node task of a workflow, with its facts. Keyed by <see cref="GrainKeys.NodeTask"/>, or by
/// <see cref="GrainKeys.Facts"/> for the facts of a workflow that name no node, or several.
/// </summary>
[Alias("orleans.workflow.INodeTaskGrain")]
public interface INodeTaskGrain : IGrainWithStringKey
{
    /// <summary>The last committed state, asked of its workflow; null if the workflow does not know the node.</summary>
    /// <exception cref="WorkflowUnavailableException">The workflow does not answer: ask again.</exception>
    /// <exception cref="WorkflowDeletedException">The workflow was deleted.</exception>
    [AlwaysInterleave]
    [Alias("GetState")]
    Task<NodeTaskView?> GetState();

    /// <summary>
    /// Keeps a fact and answers when it is durable. Its node and workflow are known from then on. Sending a receipt
    /// again is always safe.
    /// </summary>
    /// <returns>What it did; without a version, because a fact changes no status.</returns>
    /// <exception cref="WorkflowUnavailableException">
    /// It could not be stored, or it is not known whether it was: send it again.
    /// </exception>
    /// <exception cref="WorkflowBusyException">Too much is waiting; nothing was done with it: send it again
    /// later.</exception>
    /// <exception cref="WorkflowLimitException">Its node is one more than the workflow may hold; nothing was done with
    /// it.</exception>
    [AlwaysInterleave]
    [Alias("Receive")]
    Task<Acknowledgement> Receive(FactReceipt receipt);
}

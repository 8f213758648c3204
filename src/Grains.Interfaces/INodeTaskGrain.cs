using Orleans.Concurrency;

namespace Orleans.Workflow.Grains.Interfaces;

/// <summary>
/// A node task of a workflow: keeps what the workflow decided for it. Keyed by <see cref="GrainKeys.NodeTask"/>.
/// </summary>
[Alias("orleans.workflow.INodeTaskGrain")]
public interface INodeTaskGrain : IGrainWithStringKey
{
    /// <summary>
    /// Takes what the workflow decided and has committed, unless something later is known already. Meant for the workflow's grain
    /// alone.
    /// </summary>
    [AlwaysInterleave]
    [ResponseTimeout("00:00:02")]
    [Alias("Learn")]
    Task Learn(NodeTaskView decided);

    /// <summary>Forgets everything, its row too, because the workflow was deleted. Meant for the workflow's grain alone.</summary>
    [AlwaysInterleave]
    [ResponseTimeout("00:00:02")]
    [Alias("Forget")]
    Task Forget();

    /// <summary>The last committed state; null if the workflow does not know the node.</summary>
    /// <exception cref="WorkflowUnavailableException">The workflow, which it asks before its first answer, did not answer: ask again.</exception>
    /// <exception cref="WorkflowDeletedException">The workflow was deleted.</exception>
    [AlwaysInterleave]
    [Alias("GetState")]
    Task<NodeTaskView?> GetState();
}

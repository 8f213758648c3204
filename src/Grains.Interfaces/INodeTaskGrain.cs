using Orleans.Concurrency;

namespace Orleans.Workflow.Grains.Interfaces;

/// <summary>A node task of a workflow. Keyed by <see cref="GrainKeys.NodeTask"/>.</summary>
[Alias("orleans.workflow.INodeTaskGrain")]
public interface INodeTaskGrain : IGrainWithStringKey
{
    /// <summary>The last committed state, asked of its workflow; null if the workflow does not know the node.</summary>
    /// <exception cref="WorkflowUnavailableException">The workflow does not answer: ask again.</exception>
    /// <exception cref="WorkflowDeletedException">The workflow was deleted.</exception>
    [AlwaysInterleave]
    [Alias("GetState")]
    Task<NodeTaskView?> GetState();
}

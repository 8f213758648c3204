using Orleans.Placement;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Grains.NodeTasks;

/// <summary>A node task. It has no state: each read asks its workflow.</summary>
// No fence of its own (ADR 0013): the workflow's grain asks the fence, and nothing is answered without it (ADR 0033).
[GrainType("node-task")]
[PreferLocalPlacement]
internal sealed class NodeTaskGrain(WorkflowGrains grains) : Grain, INodeTaskGrain
{
    /// <inheritdoc/>
    public Task<NodeTaskView?> GetState()
    {
        var (workflowId, nodeTaskId) = GrainKeys.ParseNodeTask(this.GetPrimaryKeyString());
        return grains.Workflow(workflowId).GetNode(nodeTaskId);
    }
}

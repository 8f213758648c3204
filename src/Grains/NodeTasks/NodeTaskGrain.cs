using Orleans.Placement;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Grains.NodeTasks;

/// <summary>A node task. It has no state: each read asks its workflow.</summary>
// No fence of its own (ADR 0013): the workflow's grain asks the fence, and nothing is answered without it (ADR 0033).
[GrainType("node-task")]
[PreferLocalPlacement]
internal sealed class NodeTaskGrain : Grain, INodeTaskGrain
{
    private readonly WorkflowGrains _grains;
    private readonly BriefStay _stay;

    public NodeTaskGrain(WorkflowGrains grains, TimeProvider time)
    {
        _grains = grains;
        _stay = new BriefStay(GrainContext, time);
    }

    /// <inheritdoc/>
    public async Task<NodeTaskView?> GetState()
    {
        using var call = _stay.Begin();
        var (workflowId, nodeTaskId) = GrainKeys.ParseNodeTask(this.GetPrimaryKeyString());
        var node = await _grains.Workflow(workflowId).GetNode(nodeTaskId);
        if (node is not null)
            _stay.Keep();

        return node;
    }
}

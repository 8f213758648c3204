namespace Orleans.Workflow.Grains.Interfaces;

/// <summary>
/// Gives references to the grains by the vendor's ids. Orleans finds out by reflection, at each call, the grain type of
/// an interface; here that is done once.
/// </summary>
/// <param name="grains">The grain factory of a silo or a client.</param>
public sealed class WorkflowGrains(IGrainFactory grains)
{
    private Kind? _workflow;
    private Kind? _nodeTask;

    /// <summary>The grain of a workflow.</summary>
    /// <param name="workflowId">The vendor's id.</param>
    public IWorkflowGrain Workflow(string workflowId)
    {
        var key = GrainKeys.Workflow(workflowId);
        return (IWorkflowGrain)Reference(_workflow ??= Kind.Of(grains.GetGrain<IWorkflowGrain>(key)), key);
    }

    /// <summary>The grain of a node task.</summary>
    /// <param name="workflowId">The vendor's id of the workflow.</param>
    /// <param name="nodeTaskId">The vendor's id of the node task.</param>
    public INodeTaskGrain NodeTask(string workflowId, string nodeTaskId)
    {
        ArgumentException.ThrowIfNullOrEmpty(workflowId);
        ArgumentException.ThrowIfNullOrEmpty(nodeTaskId);
        return Facts(workflowId, nodeTaskId);
    }

    /// <summary>The grain that keeps facts.</summary>
    /// <param name="workflowId">The vendor's id of the workflow; empty for facts that name none.</param>
    /// <param name="nodeTaskId">The vendor's id of the node task; empty for facts of the workflow itself.</param>
    public INodeTaskGrain Facts(string workflowId, string nodeTaskId)
    {
        var key = GrainKeys.Facts(workflowId, nodeTaskId);
        return (INodeTaskGrain)Reference(_nodeTask ??= Kind.Of(grains.GetGrain<INodeTaskGrain>(key)), key);
    }

    private IAddressable Reference(Kind kind, string key) =>
        grains.GetGrain(GrainId.Create(kind.Grain, IdSpan.Create(key)), kind.Interface);

    /// <summary>What Orleans found out about an interface.</summary>
    private sealed record Kind(GrainType Grain, GrainInterfaceType Interface)
    {
        public static Kind Of(IAddressable grain)
        {
            var reference = (GrainReference)grain;
            return new Kind(reference.GrainId.Type, reference.InterfaceType);
        }
    }
}

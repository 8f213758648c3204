using Orleans.Workflow.Wire;

namespace Orleans.Workflow.PlainOrleans;

/// <summary>A workflow as it travels to the endpoint.</summary>
[GenerateSerializer, Immutable]
public sealed record Shown(
    [property: Id(0)] string WorkflowId,
    [property: Id(1)] string Name,
    [property: Id(2)] string Status,
    [property: Id(3)] long Version,
    [property: Id(4)] NodeState[] Nodes
);

/// <summary>Shows workflows.</summary>
public static class ShownWorkflow
{
    /// <summary>As the endpoint answers it.</summary>
    public static StoredWorkflow Shown(this Shown workflow)
    {
        ArgumentNullException.ThrowIfNull(workflow);
        return new StoredWorkflow(
            workflow.WorkflowId,
            workflow.Name,
            workflow.Status,
            workflow.Version,
            Array.ConvertAll(workflow.Nodes, static n => new StoredNode(
                n.NodeTaskId,
                n.Name,
                n.NodeType,
                n.TaskId,
                n.TaskStatus
            ))
        );
    }
}

namespace Orleans.Workflow.PlainOrleans;

/// <summary>A workflow, keyed by its id.</summary>
public interface IWorkflowGrain : IGrainWithStringKey
{
    /// <summary>Takes a notification; when it completes, everything is durable.</summary>
    Task Receive(StatusReport report);

    /// <summary>The workflow, or null if no notification named it.</summary>
    Task<Shown?> Get();
}

/// <summary>A node task, keyed by workflow and node.</summary>
public interface INodeGrain : IGrainWithStringKey
{
    /// <summary>Takes what a notification says of it.</summary>
    Task Receive(NodeState reported);

    /// <summary>What is known of it.</summary>
    Task<NodeState> Get();
}

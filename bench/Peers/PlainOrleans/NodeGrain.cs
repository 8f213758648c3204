namespace Orleans.Workflow.PlainOrleans;

/// <summary>Keeps the last message about a node; writes only what differs.</summary>
internal sealed class NodeGrain([PersistentState("node")] IPersistentState<NodeState> persistent) : Grain, INodeGrain
{
    public Task Receive(NodeState reported)
    {
        if (persistent.RecordExists && persistent.State == reported)
            return Task.CompletedTask;

        persistent.State = reported;
        return persistent.WriteStateAsync();
    }

    public Task<NodeState> Get() => Task.FromResult(persistent.State);
}

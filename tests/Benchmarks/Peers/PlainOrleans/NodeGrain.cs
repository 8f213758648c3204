namespace Orleans.Workflow.PlainOrleans;

/// <summary>Keeps the last message about a node; writes only what differs.</summary>
internal sealed class NodeGrain([PersistentState("node")] IPersistentState<NodeState> persistent) : Grain, INodeGrain
{
    public Task Receive(NodeState told)
    {
        if (persistent.RecordExists && persistent.State == told)
            return Task.CompletedTask;

        persistent.State = told;
        return persistent.WriteStateAsync();
    }

    public Task<NodeState> Get() => Task.FromResult(persistent.State);
}

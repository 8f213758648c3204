namespace Orleans.Workflow.PlainOrleans;

/// <summary>Keeps the last message and passes it on to its nodes.</summary>
internal sealed class WorkflowGrain([PersistentState("workflow")] IPersistentState<WorkflowState> persistent)
    : Grain,
        IWorkflowGrain
{
    public async Task Receive(StatusReport report)
    {
        var state = persistent.State;
        var known = state.Nodes.Count;
        foreach (var node in report.Nodes)
        {
            if (!state.Nodes.Contains(node.NodeTaskId))
                state.Nodes.Add(node.NodeTaskId);
        }

        var changed =
            !persistent.RecordExists
            || state.Name != report.Name
            || state.Status != report.Status
            || state.Nodes.Count != known;
        if (changed)
        {
            (state.Name, state.Status) = (report.Name, report.Status);
            state.Version++;
            await persistent.WriteStateAsync();
        }

        await Task.WhenAll(report.Nodes.Select(node => Node(node.NodeTaskId).Receive(node)));
    }

    public async Task<Shown?> Get()
    {
        if (!persistent.RecordExists)
            return null;

        var nodes = await Task.WhenAll(persistent.State.Nodes.Select(id => Node(id).Get()));
        return new Shown(
            this.GetPrimaryKeyString(),
            persistent.State.Name,
            persistent.State.Status,
            persistent.State.Version,
            nodes
        );
    }

    private INodeGrain Node(string id) => GrainFactory.GetGrain<INodeGrain>($"{this.GetPrimaryKeyString()}/{id}");
}

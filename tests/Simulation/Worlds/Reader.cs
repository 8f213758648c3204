using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Simulation.Tests.Properties;
using Orleans.Workflow.Simulation.Tests.Runtime;

namespace Orleans.Workflow.Simulation.Tests.Worlds;

/// <summary>A client that reads, one read after the other, and must never see anything go back.</summary>
internal sealed class Reader(Cluster cluster, ApiModel api)
{
    private readonly Dictionary<GrainId, (long Version, WorkflowPhase? Phase)> _seen = [];

    /// <summary>Reads a workflow now and then; sometimes it waits for it to reach something.</summary>
    public async Task ReadWorkflow(string workflowId, int times, int pause)
    {
        var dice = cluster.Faults.Dice;
        for (var i = 0; i < times; i++)
        {
            await cluster.Time.Pause(dice.Between(0, pause));
            var condition = new WaitCondition(dice.Below(8), dice.Percent(30) ? WorkflowPhase.Ended : null, dice.Between(1, 3_000));
            var waits = dice.Percent(30);
            if (await Try(_ => waits ? api.Grains.Workflow(workflowId).WaitForState(condition) : api.Grains.Workflow(workflowId).GetState()) is { } view)
                See(GrainId.Create(GrainKind.Workflow, GrainKeys.Workflow(workflowId)), view.Version, view.Phase);
        }
    }

    /// <summary>Reads a node task now and then.</summary>
    public async Task ReadNode(string workflowId, string nodeTaskId, int times, int pause)
    {
        for (var i = 0; i < times; i++)
        {
            await cluster.Time.Pause(cluster.Faults.Dice.Between(0, pause));
            if (await Try(_ => api.Grains.NodeTask(workflowId, nodeTaskId).GetState()) is { } view)
                See(GrainId.Create(GrainKind.NodeTask, GrainKeys.NodeTask(workflowId, nodeTaskId)), view.Version, null);
        }
    }

    private async Task<T?> Try<T>(Func<int, Task<T?>> read)
        where T : class
    {
        try
        {
            return await api.Call(read);
        }
        catch (Exception exception) when (exception is TimeoutException or WorkflowBusyException)
        {
            return null;
        }
    }

    private void See(GrainId grain, long version, WorkflowPhase? phase)
    {
        var before = _seen.GetValueOrDefault(grain);
        _seen[grain] = (version, phase);
        if ((version < before.Version || phase < before.Phase) && !cluster.HadTwin(grain))
            cluster.Witness.Violate(Property.Monotony, $"a reader saw {grain.Key} go back from version {before.Version} to {version}");
    }
}

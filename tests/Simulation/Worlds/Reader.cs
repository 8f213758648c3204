using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Simulation.Tests.Properties;
using Orleans.Workflow.Simulation.Tests.Runtime;

namespace Orleans.Workflow.Simulation.Tests.Worlds;

/// <summary>A client that reads one workflow, or one node task, and must never see it go back.</summary>
internal sealed class Reader(Cluster cluster, ApiModel api)
{
    private (long Version, WorkflowPhase? Phase) _seen;

    /// <summary>Reads a workflow now and then; sometimes it waits for it to reach something.</summary>
    public async Task ReadWorkflow(string workflowId, int times, int pause)
    {
        var random = cluster.Faults.Random;
        for (var i = 0; i < times; i++)
        {
            await cluster.Time.Pause(random.Between(0, pause));
            var condition = new WaitCondition(
                random.Below(8),
                random.Percent(30) ? WorkflowPhase.Ended : null,
                random.Between(1, 3_000)
            );
            var waits = random.Percent(30);
            var workflow = api.Grains.Workflow(workflowId);
            if (await Try(() => waits ? workflow.WaitForState(condition) : workflow.GetState()) is (_, { } view))
                See(workflowId, view.Version, view.Phase);
        }
    }

    /// <summary>Reads a node task now and then.</summary>
    public async Task ReadNode(string workflowId, string nodeTaskId, int times, int pause)
    {
        for (var i = 0; i < times; i++)
        {
            await cluster.Time.Pause(cluster.Faults.Random.Between(0, pause));
            var atLeast = cluster.InvariantChecker.AcknowledgedVersion(workflowId, nodeTaskId);
            var (isAnswered, view) = await Try(() => api.Grains.NodeTask(workflowId, nodeTaskId).GetState());
            if (!isAnswered)
                continue;

            var version = view?.Version ?? 0;
            if (version < atLeast && !MayHaveGoneBack(workflowId))
            {
                cluster.InvariantChecker.Violate(
                    Property.NodesAreFresh,
                    $"{nodeTaskId} of {workflowId} shows version {version}, and {atLeast} was acknowledged before"
                );
            }

            See(workflowId, version, null);
        }
    }

    private async Task<(bool IsAnswered, T? View)> Try<T>(Func<Task<T?>> read)
        where T : class
    {
        try
        {
            return (true, await api.Call(read));
        }
        catch (Exception exception) when (exception is TimeoutException or WorkflowBusyException)
        {
            return default;
        }
    }

    private void See(string workflowId, long version, WorkflowPhase? phase)
    {
        var before = _seen;
        _seen = (version, phase);
        if ((version < before.Version || phase < before.Phase) && !MayHaveGoneBack(workflowId))
        {
            cluster.InvariantChecker.Violate(
                Property.Monotony,
                $"a reader saw {workflowId} go back from version {before.Version} to {version}"
            );
        }
    }

    private bool MayHaveGoneBack(string workflowId) =>
        cluster.MayHaveGoneBack(GrainId.Create(GrainKind.Workflow, GrainKeys.Workflow(workflowId)));
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Placement;
using Orleans.Storage;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Grains.NodeTasks;

/// <summary>
/// A node task. It decides nothing: it keeps the latest of what its workflow decided for it, and answers for one node. All that it
/// is told is committed in its workflow's row, so it answers at once and writes its own row behind, several changes together.
/// </summary>
[GrainType("node-task")]
[PreferLocalPlacement]
internal sealed class NodeTaskGrain : Grain, INodeTaskGrain
{
    private static readonly TimeSpan WriteAfter = TimeSpan.FromSeconds(2);

    private readonly NodeTaskRow _row;
    private readonly WorkflowGrains _grains;
    private readonly IMembershipFence _fence;
    private readonly ILogger<NodeTaskGrain> _logger;

    private NodeTaskView? _decided;
    private bool _informed;
    private IGrainTimer? _writer;

    public NodeTaskGrain(
        [FromKeyedServices(StateNames.NodeTask)] IGrainStorage storage,
        WorkflowGrains grains,
        IMembershipFence fence,
        ILogger<NodeTaskGrain> logger)
    {
        _row = new NodeTaskRow(storage, GrainContext.GrainId);
        _grains = grains;
        _fence = fence;
        _logger = logger;
    }

    private bool IsWritten => _decided is null || _decided.Version <= _row.Decided?.Version;

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Write();

    /// <inheritdoc/>
    public Task Learn(NodeTaskView decided)
    {
        ArgumentNullException.ThrowIfNull(decided);
        _fence.ThrowIfClosed();

        // That does not make it informed: a call that was late may have activated it, after a later change was told to the activation before.
        Keep(decided);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task Forget()
    {
        _fence.ThrowIfClosed();
        // The workflow's commit has removed the row; one that was on its way then is removed here.
        (_decided, _informed) = (null, false);
        await _row.Remove();
        DeactivateOnIdle();
    }

    /// <inheritdoc/>
    public async Task<NodeTaskView?> GetState()
    {
        _fence.ThrowIfClosed();
        if (!_informed)
            await AskWorkflow();

        return _decided;
    }

    private void Keep(NodeTaskView decided)
    {
        if (decided.Version <= (_decided?.Version ?? 0))
            return;

        _decided = decided;
        _writer ??= this.RegisterGrainTimer(WriteBehind, new GrainTimerCreationOptions(WriteAfter, WriteAfter) { Interleave = true });
    }

    /// <summary>
    /// Asks the workflow before the first answer, and is told of every change since. If it does not answer, neither does the node task:
    /// its own row may be behind what was acknowledged.
    /// </summary>
    private async Task AskWorkflow()
    {
        var (workflowId, nodeTaskId) = GrainKeys.ParseNodeTask(this.GetPrimaryKeyString());
        if (await _grains.Workflow(workflowId).FollowNode(nodeTaskId) is not { } decided)
            return;

        Keep(decided);
        _informed = true;
    }

    private async Task WriteBehind()
    {
        await Write();
        if (IsWritten)
        {
            _writer?.Dispose();
            _writer = null;
        }
    }

    /// <summary>Writes what is not written yet. Nothing is lost if that fails: it is tried again, and the workflow knows.</summary>
    private async Task Write()
    {
        if (IsWritten)
            return;

        try
        {
            await _row.Write(_decided!);
        }
        catch (Exception exception)
        {
            Safely.Run(() => Log.NotWritten(_logger, exception, this.GetGrainId()));
        }
    }
}

using Microsoft.Extensions.Logging;
using Orleans.Placement;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Grains.NodeTasks;

/// <summary>
/// A node task. It decides nothing: it keeps the latest of what its workflow decided for it, and answers for one node.
/// </summary>
[GrainType("node-task")]
[PreferLocalPlacement]
internal sealed class NodeTaskGrain : Grain, INodeTaskGrain
{
    private readonly IPersistentState<NodeTaskGrainState> _storage;
    private readonly CommitLoop _commits;
    private readonly GrainFault _fault;
    private readonly WorkflowGrains _grains;
    private readonly ILogger<NodeTaskGrain> _logger;

    private NodeTaskView? _latest;
    private NodeTaskView? _committed;
    private bool _informed;

    public NodeTaskGrain(
        [PersistentState(StateNames.NodeTask, StateNames.NodeTask)] IPersistentState<NodeTaskGrainState> storage,
        WorkflowGrains grains,
        ILogger<NodeTaskGrain> logger)
    {
        _storage = storage;
        _grains = grains;
        _logger = logger;
        _commits = new CommitLoop(CommitLatest);
        _fault = new GrainFault(GrainContext);
    }

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _latest = _committed = _storage.State.Decided;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task Learn(NodeTaskView decided)
    {
        ArgumentNullException.ThrowIfNull(decided);
        _fault.ThrowIfFaulted();
        _informed = true;
        if (decided.Version > (_latest?.Version ?? 0))
            _latest = decided;

        if ((_committed?.Version ?? 0) < decided.Version)
            await _commits.Commit();
    }

    /// <inheritdoc/>
    public async Task<NodeTaskView?> GetState()
    {
        _fault.ThrowIfFaulted();
        if (!_informed)
            await AskWorkflow();

        _fault.ThrowIfFaulted();
        return _committed;
    }

    /// <summary>
    /// Asks the workflow once in a life, before the first answer: what it decided may not have arrived, or may not be stored.
    /// Whoever is told before is spared the question.
    /// </summary>
    private async Task AskWorkflow()
    {
        var (workflowId, nodeTaskId) = GrainKeys.ParseNodeTask(this.GetPrimaryKeyString());
        try
        {
            if (await _grains.Workflow(workflowId).GetNode(nodeTaskId) is { } decided)
                await Learn(decided);

            _informed = true;
        }
        catch (Exception exception)
        {
            Log.NotAsked(_logger, exception, this.GetGrainId());
        }
    }

    private async Task CommitLatest()
    {
        _fault.ThrowIfFaulted();
        var latest = _latest;
        if (ReferenceEquals(latest, _committed))
            return;

        try
        {
            _storage.State = new NodeTaskGrainState { Decided = latest };
            await _storage.WriteStateAsync();
        }
        catch (Exception exception)
        {
            Log.WriteFailed(_logger, exception, this.GetGrainId(), 0);
            throw _fault.Set(exception);
        }

        _committed = latest;
    }
}

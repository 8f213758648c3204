using Orleans.Storage;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Grains.NodeTasks;

/// <summary>
/// The stored row of a node task. It is not read at activation: the workflow knows better. A version conflict is settled by the
/// version of what was decided, of which the later one stays.
/// </summary>
/// <param name="storage">Where the row is.</param>
/// <param name="nodeTask">The grain whose row it is.</param>
internal sealed class NodeTaskRow(IGrainStorage storage, GrainId nodeTask)
{
    private readonly GrainState<NodeTaskGrainState> _row = new(new NodeTaskGrainState());

    private Task _writing = Task.CompletedTask;

    /// <summary>What the row is known to hold; null if that is nothing.</summary>
    public NodeTaskView? Decided => _row.State!.Decided;

    /// <summary>Writes what was decided, unless something as late is stored. Most rows are new, so it is not read before.</summary>
    public Task Write(NodeTaskView decided) => _writing = WriteLater(decided);

    /// <summary>Removes the row, after a write that is under way.</summary>
    public async Task Remove()
    {
        await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await storage.ReadStateAsync(StateNames.NodeTask, nodeTask, _row);
        if (_row.RecordExists)
            await storage.ClearStateAsync(StateNames.NodeTask, nodeTask, _row);
    }

    private async Task WriteLater(NodeTaskView decided)
    {
        try
        {
            await Replace(decided);
        }
        catch (InconsistentStateException)
        {
            await storage.ReadStateAsync(StateNames.NodeTask, nodeTask, _row);
            if (Decided is null || Decided.Version < decided.Version)
                await Replace(decided);
        }
    }

    private async Task Replace(NodeTaskView decided)
    {
        var before = _row.State;
        _row.State = new NodeTaskGrainState { Decided = decided };
        try
        {
            await storage.WriteStateAsync(StateNames.NodeTask, nodeTask, _row);
        }
        catch
        {
            _row.State = before;
            throw;
        }
    }
}

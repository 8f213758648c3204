using Orleans.Storage;
using Orleans.Workflow.Grains.Interfaces.Persistence;

namespace Orleans.Workflow.Grains.Workflows;

/// <summary>The stored row of a workflow. Speaks to the grain storage itself: what Orleans puts before it would be two calls more for each commit.</summary>
/// <param name="storage">Where the row is.</param>
/// <param name="workflow">The grain whose row it is.</param>
internal sealed class WorkflowStore(IGrainStorage storage, GrainId workflow)
{
    private readonly GrainState<WorkflowGrainState> _row = new(new WorkflowGrainState());

    /// <summary>What was read or written last. A write that fails ends the activation.</summary>
    public WorkflowGrainState State => _row.State!;

    /// <summary>Reads the row.</summary>
    public Task Read() => storage.ReadStateAsync(StateNames.Workflow, workflow, _row);

    /// <summary>Writes the row with what is derived from it, in one commit.</summary>
    /// <returns>Whether it was written. If not, it was to be the first, and there is a row, which is <see cref="State"/> now.</returns>
    /// <exception cref="InconsistentStateException">Another activation has written it since it was read.</exception>
    public async Task<bool> Write(WorkflowGrainState next, CommitRows? rows)
    {
        var withRows = next with { Rows = rows };
        _row.State = withRows;
        await storage.WriteStateAsync(StateNames.Workflow, workflow, _row);
        if (!ReferenceEquals(_row.State, withRows))
            return false;

        // The rows, and the bodies in them, are not to be kept.
        _row.State = next;
        return true;
    }
}

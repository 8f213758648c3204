using Microsoft.Extensions.Logging;
using Orleans.Storage;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Interfaces.Persistence;

namespace Orleans.Workflow.Grains.Workflows;

/// <summary>The stored row of a workflow. Speaks to the grain storage itself: what Orleans puts before it would be two calls more for each commit.</summary>
/// <param name="storage">Where the row is.</param>
/// <param name="workflow">The grain whose row it is.</param>
/// <param name="snapshots">Where the nodes of large states are.</param>
/// <param name="logger">Takes what fails.</param>
internal sealed class WorkflowStore(IGrainStorage storage, GrainId workflow, StateSnapshots snapshots, ILogger logger)
{
    private readonly GrainState<WorkflowGrainState> _row = new(new WorkflowGrainState());

    /// <summary>What the receipts behind the snapshot weigh; null if the row is whole and needs none.</summary>
    private long? _behind;

    /// <summary>What was read or written last. A write that fails ends the activation.</summary>
    public WorkflowGrainState State => _row.State!;

    /// <summary>Whether the row may keep its state: the next one says no more, and no snapshot is due.</summary>
    public bool MayKeep(WorkflowGrainState next) =>
        State.IsKeptBy(next) && !(_behind is { } behind && snapshots.Cadence.IsDue(next.Workflow!, behind));

    /// <summary>Reads the row.</summary>
    public async Task Read()
    {
        await storage.ReadStateAsync(StateNames.Workflow, workflow, _row);
        await Complete();
    }

    /// <summary>Writes the row with what is derived from it, in one commit.</summary>
    /// <returns>Whether it was written. If not, it was to be the first, and there is a row, which is <see cref="State"/> now.</returns>
    /// <exception cref="InconsistentStateException">Another activation has written it since it was read.</exception>
    public async Task<bool> Write(WorkflowGrainState next, CommitRows rows)
    {
        var (withRows, behind) = AsWritten(next, rows);
        _row.State = withRows;
        await storage.WriteStateAsync(StateNames.Workflow, workflow, _row);
        if (!ReferenceEquals(_row.State, withRows))
        {
            await Complete();
            return false;
        }

        // The rows, and the bodies in them, are not to be kept.
        (_row.State, _behind) = (next, behind);
        return true;
    }

    /// <summary>What is written of a state, and what the receipts behind its snapshot weigh then.</summary>
    private (WorkflowGrainState State, long? Behind) AsWritten(WorkflowGrainState next, CommitRows rows)
    {
        var behind = _behind + rows.Receipts.Sum(snapshots.Cadence.WeightOf);
        if (rows.KeepsState)
            return (next with { Rows = rows }, behind);

        if (next.Workflow is not { IsDeleted: false } state
            || (_behind is null && !snapshots.Cadence.IsLarge(state)))
        {
            return (next with { Rows = rows }, null);
        }

        if (behind is not { } weight || snapshots.Cadence.IsDue(state, weight) || HasRefold(rows))
            (rows, behind) = (rows with { Snapshot = StateSnapshots.Of(state) }, 0);

        return (next.WithoutNodes() with { Rows = rows }, behind);
    }

    /// <summary>Whether a refold is among the receipts: only a fold from the beginning leads across one.</summary>
    private static bool HasRefold(CommitRows rows) =>
        rows.Receipts.Any(static receipt => receipt.Kind == ReceiptKind.Refold);

    /// <summary>Brings the nodes of a large state that was read.</summary>
    private async Task Complete()
    {
        _behind = null;
        if (State.Head is not { } head)
            return;

        try
        {
            (var state, _behind) = await snapshots.Complete(head, CancellationToken.None);
            _row.State = State with { Head = null, Workflow = state };
        }
        catch (Exception exception)
        {
            // A client may not know the exceptions of the database.
            Log.NotCompleted(logger, exception, workflow);
            throw new WorkflowUnavailableException(
                $"The snapshot of {workflow} could not be read ({exception.GetType().Name}); ask again.");
        }
    }
}

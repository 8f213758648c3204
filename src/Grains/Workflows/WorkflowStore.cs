using System.Text.Json;
using Microsoft.Extensions.Logging;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Grains.Workflows;

/// <summary>The row of one workflow: what is stored, as far as its activation knows, and the next commit.</summary>
/// <param name="storage">Where the row is.</param>
/// <param name="workflowId">The workflow.</param>
/// <param name="snapshots">Where the nodes of large states are.</param>
/// <param name="logger">Takes what fails.</param>
internal sealed class WorkflowStore(
    IWorkflowStorage storage,
    string workflowId,
    StateSnapshots snapshots,
    ILogger logger
)
{
    private int? _version;

    /// <summary>What the receipts behind the snapshot weigh; null if the row is whole and needs none.</summary>
    private long? _behind;

    /// <summary>The state that was read or committed last; null if there is none, or if nothing was read yet.</summary>
    public WorkflowState? State { get; private set; }

    /// <summary>Reads the row.</summary>
    public async Task Read() => await Take(await storage.Read(workflowId));

    /// <summary>Commits receipts with the state that they lead to.</summary>
    /// <param name="next">The state.</param>
    /// <param name="commit">The receipts and the columns of the row.</param>
    /// <returns>What became of it. If it was not next, <see cref="State"/> is what is stored.</returns>
    public async Task<CommitResult> Commit(WorkflowState next, WorkflowCommit commit)
    {
        var (written, behind) = AsWritten(next, commit);
        var result = await storage.Commit(written);
        if (result is CommitResult.Committed committed)
            (_version, State, _behind) = (committed.Version, next, behind);
        else if (result is CommitResult.NotNext)
            await Read();

        return result;
    }

    /// <summary>Whether another state says no more than the stored one, but for how much was received.</summary>
    public bool IsKeptBy(WorkflowState next) =>
        State is { IsDeleted: false } known
        && known == next with { Seq = known.Seq, LastReceivedAt = known.LastReceivedAt, Totals = known.Totals };

    /// <summary>What is written of a state, and what the receipts behind its snapshot weigh then.</summary>
    private (WorkflowCommit Commit, long? Behind) AsWritten(WorkflowState next, WorkflowCommit commit)
    {
        commit = commit with { Version = _version };
        var behind = _behind + commit.Receipts.Sum(snapshots.Cadence.WeightOf);
        var isDue = behind is { } weight && snapshots.Cadence.IsDue(next, weight);
        if (IsKeptBy(next) && !isDue)
            return (commit, behind);

        if (next.IsDeleted || (_behind is null && !snapshots.Cadence.IsLarge(next)))
            return (commit with { State = WorkflowGrainState.Whole(next) }, null);

        if (behind is null || isDue || HasRefold(commit))
            (commit, behind) = (commit with { Snapshot = StateSnapshots.Of(next) }, 0);

        return (commit with { State = WorkflowGrainState.WithoutNodes(next) }, behind);
    }

    /// <summary>Whether a refold is among the receipts: only a fold from the beginning leads across one.</summary>
    private static bool HasRefold(WorkflowCommit commit) =>
        commit.Receipts.Any(static receipt => receipt.Kind == ReceiptKind.Refold);

    /// <summary>Takes a row for what is stored; if it cannot be read, nothing changes.</summary>
    private async Task Take(StoredRow? row)
    {
        try
        {
            var (state, behind) = await StateOf(row);
            (_version, State, _behind) = (row?.Version, state, behind);
        }
        catch (Exception exception)
        {
            // A client may not know the exceptions of the database.
            Log.NotCompleted(logger, exception, workflowId);
            throw new WorkflowUnavailableException(
                $"The state of workflow {workflowId} could not be read ({exception.GetType().Name}); ask again."
            );
        }
    }

    /// <summary>The state in a row, and what the receipts behind its snapshot weigh.</summary>
    private async Task<(WorkflowState? State, long? Behind)> StateOf(StoredRow? row)
    {
        if (row?.State is not { } payload)
            return (null, null);

        var stored = JsonSerializer.Deserialize(payload, GrainStateJson.Default.WorkflowGrainState)!;
        var state = (stored.Workflow ?? stored.Head)!;
        if (row is { Seq: { } seq, LastReceivedAt: { } lastReceivedAt })
            state = state.Received(seq, lastReceivedAt);

        return stored.Head is null ? (state, null) : await snapshots.Complete(state, CancellationToken.None);
    }
}

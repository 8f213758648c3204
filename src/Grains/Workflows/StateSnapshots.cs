using System.Text.Json;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Receipts;
using Orleans.Workflow.Grains.Vocabularies;

namespace Orleans.Workflow.Grains.Workflows;

/// <summary>
/// The snapshots of large states. A snapshot is a row of its own, is written in the commit that led to its state, and
/// stays as it is until the next one.
/// </summary>
/// <param name="database">Where snapshots and receipts are read.</param>
/// <param name="vocabularies">What receipts were folded under.</param>
/// <param name="cadence">When a snapshot is written.</param>
public sealed class StateSnapshots(IWorkflowSnapshots database, VocabularyCache vocabularies, SnapshotCadence cadence)
{
    /// <summary>When a snapshot is written.</summary>
    public SnapshotCadence Cadence => cadence;

    /// <summary>Where the snapshot of a workflow is.</summary>
    public static GrainStateName NameOf(string workflowId) => new(StateNames.Snapshot, GrainKeys.Workflow(workflowId));

    /// <summary>The snapshot of a state.</summary>
    public static StateSnapshot Of(WorkflowState state) =>
        new(NameOf(state.WorkflowId), JsonSerializer.SerializeToUtf8Bytes(state, GrainStateJson.Default.WorkflowState));

    /// <summary>The state in the snapshot of a workflow; null if there is none.</summary>
    /// <exception cref="JsonException">What is stored is not a state.</exception>
    public static async Task<WorkflowState?> Find(
        IWorkflowSnapshot moment,
        string workflowId,
        CancellationToken cancellationToken
    ) =>
        await moment.FindState(NameOf(workflowId), cancellationToken) is { } payload
            ? JsonSerializer.Deserialize(payload, GrainStateJson.Default.WorkflowState)
            : null;

    /// <summary>
    /// Adds the nodes to a state that is stored without them: folds the receipts behind its snapshot.
    /// </summary>
    /// <param name="head">The state without its nodes.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The state, and what the receipts behind the snapshot weigh.</returns>
    /// <exception cref="InvalidDataException">
    /// They do not lead to the state: it is not the latest any more, or something was changed.
    /// </exception>
    internal async Task<(WorkflowState State, long Behind)> Complete(
        WorkflowState head,
        CancellationToken cancellationToken
    )
    {
        await using var moment = await database.Open(cancellationToken);
        var (baseline, start) = await FindStart(moment, head, cancellationToken);
        var fold = new RecordedFold(moment, vocabularies, baseline, start);
        var behind = 0L;
        await foreach (var row in moment.Read(head.WorkflowId, start.Seq, cancellationToken))
        {
            if (row.Seq > head.Seq)
                break;

            if (row.Seq != fold.State.Seq + 1 || (await fold.Next(row, cancellationToken)).Expected is null)
                throw new InvalidDataException($"Receipt {row.Seq} of workflow {head.WorkflowId} cannot be folded.");

            behind += cadence.WeightOf(row);
        }

        return (fold.State.Seq, fold.State.Version) == (head.Seq, head.Version)
            ? (head with { Nodes = fold.State.Nodes, Totals = fold.State.Totals }, behind)
            : throw new InvalidDataException(
                $"The receipts of workflow {head.WorkflowId} lead to version {fold.State.Version} "
                    + $"at receipt {fold.State.Seq}, and it is stored with version {head.Version} at receipt "
                    + $"{head.Seq}."
            );
    }

    /// <summary>The snapshot; or the baseline, if that is later, or if a refold came after the snapshot.</summary>
    private static async Task<(BaselineRow? Baseline, WorkflowState State)> FindStart(
        IWorkflowSnapshot moment,
        WorkflowState head,
        CancellationToken cancellationToken
    )
    {
        var baseline = await moment.FindBaseline(head.WorkflowId, cancellationToken);
        var refold = await moment.FindLastRefold(head.WorkflowId, head.Seq, cancellationToken);
        if (
            await Find(moment, head.WorkflowId, cancellationToken) is { } snapshot
            && snapshot.Seq >= (baseline?.Seq ?? 0)
            && !(refold?.Seq > snapshot.Seq)
        )
        {
            return (null, snapshot);
        }

        return (baseline, Baselines.StateOf(baseline, head.WorkflowId));
    }
}

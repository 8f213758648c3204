using Microsoft.Extensions.Logging;
using Orleans.Workflow.Grains.Audit;
using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Grains.Interfaces.Persistence;

namespace Orleans.Workflow.Grains.Receipts;

/// <summary>
/// Replaces the first receipts of a workflow by a checkpoint. It folds them once more on the way and stops at the first that is not
/// what it should be: a checkpoint is never made of what an audit would find, and evidence is never removed. Needs no word with the
/// grain: receipts are only appended, and those that are there never change.
/// </summary>
/// <param name="snapshots">Where receipts are read.</param>
/// <param name="store">Where they are removed.</param>
/// <param name="fold">The fold, under the vocabulary of today.</param>
/// <param name="logger">Told what is left alone, and why.</param>
public sealed class ReceiptTrimmer(IWorkflowSnapshots snapshots, IRetentionStore store, WorkflowFold fold, ILogger<ReceiptTrimmer> logger)
{
    /// <summary>How many receipts one transaction removes at most.</summary>
    public const int LargestBatch = 256;

    /// <summary>Removes a batch of the workflow's first receipts.</summary>
    /// <param name="workflowId">The workflow.</param>
    /// <param name="throughSeq">The last that may go.</param>
    /// <param name="receivedBefore">The first time of receipt that is too young, in Unix milliseconds; what comes after such a one stays too.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many were removed; less than <see cref="LargestBatch"/> means that there are no more to remove now.</returns>
    public async Task<int> Trim(string workflowId, long throughSeq, long receivedBefore, CancellationToken cancellationToken)
    {
        if (await Fold(workflowId, throughSeq, receivedBefore, cancellationToken) is not { } checkpoint)
            return 0;

        return await store.Replace(checkpoint, cancellationToken) ?? 0;
    }

    private async Task<CheckpointRow?> Fold(string workflowId, long throughSeq, long receivedBefore, CancellationToken cancellationToken)
    {
        await using var snapshot = await snapshots.Open(cancellationToken);
        var before = await snapshot.FindCheckpoint(workflowId, cancellationToken);
        var start = Checkpoints.StateOf(before, workflowId);
        var (state, removedThrough) = (start, before?.RemovedThrough ?? 0);
        await foreach (var stored in snapshot.Read(workflowId, start.Seq, cancellationToken))
        {
            if (stored.Seq > throughSeq || stored.ReceivedAt >= receivedBefore || stored.Seq > start.Seq + LargestBatch)
                break;

            if (TryApply(state, stored) is not { } after)
            {
                Log.ReceiptLeft(logger, workflowId, stored.Seq);
                break;
            }

            (state, removedThrough) = (after, Math.Max(removedThrough, stored.ReceivedAt));
        }

        return state.Seq > start.Seq ? Checkpoints.Of(state, removedThrough) : null;
    }

    private WorkflowState? TryApply(WorkflowState state, ReceiptRow stored)
    {
        if (stored.Seq != state.Seq + 1 || (stored.Vocabulary != fold.Vocabulary.Fingerprint && !state.IsDeleted))
            return null;

        var (expected, after, _) = StoredReceipts.Apply(fold, state, stored);
        if (expected is null)
            return null;

        var findings = new Findings(state.WorkflowId);
        findings.CompareReceipt(expected, stored);
        return findings.All.Count == 0 ? after : null;
    }
}

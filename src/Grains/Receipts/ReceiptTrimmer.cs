using Microsoft.Extensions.Logging;
using Orleans.Workflow.Grains.Audit;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Vocabularies;

namespace Orleans.Workflow.Grains.Receipts;

/// <summary>
/// Replaces the first receipts of a workflow by a baseline. It folds them once more on the way and stops at the first
/// that is not what it should be: a baseline is never made of what an audit would find, and evidence is never removed.
/// It does not ask the grain: receipts are only appended, and those that are there never change.
/// </summary>
/// <param name="snapshots">Where receipts are read.</param>
/// <param name="store">Where they are removed.</param>
/// <param name="vocabularies">What receipts were folded under.</param>
/// <param name="logger">Where it is logged what is left alone, and why.</param>
public sealed class ReceiptTrimmer(
    IWorkflowSnapshots snapshots,
    IRetentionStore store,
    VocabularyCache vocabularies,
    ILogger<ReceiptTrimmer> logger
)
{
    /// <summary>
    /// How many receipts one transaction removes at most. Only those that were folded again go together, however many
    /// they are.
    /// </summary>
    public const int MaxBatch = 256;

    /// <summary>Removes a batch of the workflow's first receipts.</summary>
    /// <param name="workflowId">The workflow.</param>
    /// <param name="throughSeq">The last that may go.</param>
    /// <param name="receivedBefore">The first time of receipt that is too young, in Unix milliseconds; what comes after
    /// such a one stays too.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>
    /// How many were removed; fewer than <see cref="MaxBatch"/> mean that there are no more to remove now.
    /// </returns>
    public async Task<int> Trim(
        string workflowId,
        long throughSeq,
        long receivedBefore,
        CancellationToken cancellationToken
    )
    {
        if (await Fold(workflowId, throughSeq, receivedBefore, cancellationToken) is not { } baseline)
            return 0;

        return await store.Replace(baseline, cancellationToken) ?? 0;
    }

    private async Task<BaselineRow?> Fold(
        string workflowId,
        long throughSeq,
        long receivedBefore,
        CancellationToken cancellationToken
    )
    {
        await using var snapshot = await snapshots.Open(cancellationToken);
        var before = await snapshot.FindBaseline(workflowId, cancellationToken);
        var start = Baselines.StateOf(before, workflowId);
        var refold = await snapshot.FindLastRefold(workflowId, long.MaxValue, cancellationToken);
        var recorded = new RecordedFold(snapshot, vocabularies, before, start);
        var (state, vocabulary, removedThrough) = (
            start,
            before?.Vocabulary ?? string.Empty,
            before?.RemovedThrough ?? 0
        );
        await foreach (var stored in snapshot.Read(workflowId, start.Seq, cancellationToken))
        {
            // No baseline may replace only a part of what was folded again: the refold could not be checked any more.
            if (
                stored.Seq > throughSeq
                || stored.ReceivedAt >= receivedBefore
                || stored.Seq > Math.Max(start.Seq + MaxBatch, refold?.Seq ?? 0)
            )
            {
                break;
            }

            if (!await IsSound(recorded, stored, cancellationToken))
            {
                Log.ReceiptLeft(logger, workflowId, stored.Seq);
                break;
            }

            removedThrough = Math.Max(removedThrough, stored.ReceivedAt);
            (state, vocabulary) = (recorded.State, stored.Vocabulary);
        }

        return state.Seq > start.Seq && state.Seq >= (refold?.Seq ?? 0)
            ? Baselines.Of(state, vocabulary, removedThrough)
            : null;
    }

    private static async Task<bool> IsSound(
        RecordedFold recorded,
        ReceiptRow stored,
        CancellationToken cancellationToken
    )
    {
        if (
            stored.Seq != recorded.State.Seq + 1
            || (await recorded.Next(stored, cancellationToken)).Expected is not { } expected
        )
            return false;

        var findings = new Findings(recorded.State.WorkflowId);
        findings.CompareReceipt(expected, stored);
        return findings.All.Count == 0;
    }
}

using System.Runtime.ExceptionServices;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Workflows;

namespace Orleans.Workflow.Grains.Audit;

/// <summary>
/// Writes what the receipts of a workflow give where an audit finds something else: its row, its snapshot, and the
/// counts of its facts. The receipts, the facts and the baseline are only read.
/// </summary>
/// <param name="snapshots">What is stored.</param>
/// <param name="auditor">Folds the receipts and compares.</param>
/// <param name="storage">Where rows are written.</param>
/// <param name="facts">Where facts are counted.</param>
/// <param name="admission">Knows when another database takes the place of the one that was read.</param>
/// <param name="cadence">Which states have a snapshot.</param>
public sealed class WorkflowRebuilder(
    IWorkflowSnapshots snapshots,
    WorkflowAuditor auditor,
    IWorkflowStorage storage,
    IFactStorage facts,
    IWriteAdmission admission,
    SnapshotCadence cadence
)
{
    private const int MaxAttempts = 20;

    /// <summary>Rebuilds a workflow. If a commit overtakes it, it folds again.</summary>
    /// <exception cref="Exception">The row could not be written, or it is not known whether it was.</exception>
    public async Task<WorkflowRebuild> Rebuild(string workflowId, CancellationToken cancellationToken)
    {
        var isRecounted = false;
        for (var attempt = 1; ; attempt++)
        {
            var epoch = admission.Epoch;
            var audit = await Audit(workflowId, cancellationToken);
            if (attempt < MaxAttempts && audit.Findings.Any(static finding => finding.Kind == FindingKind.FactCount))
            {
                // A fact of a value that had no count may overtake it: so what came of it is looked at again.
                await facts.Recount(workflowId, cancellationToken);
                isRecounted = true;
                continue;
            }

            if (audit.IsOtherVocabulary)
                return new WorkflowRebuild(workflowId, RebuildOutcome.OtherVocabulary, audit);

            if (audit.Findings.Count == 0)
                return new WorkflowRebuild(
                    workflowId,
                    isRecounted ? RebuildOutcome.Rewritten : RebuildOutcome.Unchanged,
                    audit
                );

            if (audit.Folded is not { } folded)
                return new WorkflowRebuild(workflowId, RebuildOutcome.NotFoldable, audit);

            // A commit without receipts. Its guard is that of every commit, refold and removal of receipts (ADR 0036).
            switch (await storage.Commit(CommitOf(folded) with { Epoch = epoch }))
            {
                case CommitResult.Committed:
                    return new WorkflowRebuild(workflowId, RebuildOutcome.Rewritten, audit);
                case CommitResult.RolledBack { Cause: var cause }:
                    ExceptionDispatchInfo.Throw(cause);
                    break;
                case CommitResult.Unknown { Cause: var cause }:
                    ExceptionDispatchInfo.Throw(cause);
                    break;
            }

            if (attempt == MaxAttempts)
                return new WorkflowRebuild(workflowId, RebuildOutcome.Overtaken, audit);
        }
    }

    private async Task<WorkflowAudit> Audit(string workflowId, CancellationToken cancellationToken)
    {
        await using var snapshot = await snapshots.Open(cancellationToken);
        return await auditor.Audit(snapshot, workflowId, cancellationToken);
    }

    private WorkflowCommit CommitOf(FoldedWorkflow folded)
    {
        var state = folded.State;
        var isLarge = !state.IsDeleted && (folded.HasSnapshot || cadence.IsLarge(state));
        return new WorkflowCommit(folded.Listed, [])
        {
            Version = folded.Row?.Version,
            IsListed = !state.IsDeleted,
            State = isLarge ? WorkflowGrainState.WithoutNodes(state) : WorkflowGrainState.Whole(state),
            Snapshot = isLarge ? StateSnapshots.Of(state) : null,
        };
    }
}

/// <summary>What became of a workflow. The words are those of the report.</summary>
public enum RebuildOutcome
{
    /// <summary>What is stored is what the receipts give.</summary>
    Unchanged,

    /// <summary>It was something else, and is that now.</summary>
    Rewritten,

    /// <summary>The receipts or the baseline are not sound, or there are none: nothing was written.</summary>
    NotFoldable,

    /// <summary>It was folded under a vocabulary that is not known: nothing was written.</summary>
    OtherVocabulary,

    /// <summary>Something else was committed at each attempt: nothing was written.</summary>
    Overtaken,
}

/// <summary>What rebuilding a workflow gave.</summary>
/// <param name="WorkflowId">The workflow.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Audit">What was stored differently from what the receipts say.</param>
public sealed record WorkflowRebuild(string WorkflowId, RebuildOutcome Outcome, WorkflowAudit Audit);

using System.Text.Json;
using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Grains.Receipts;

namespace Orleans.Workflow.Grains.Audit;

/// <summary>
/// Folds every stored receipt of a workflow again, from the last checkpoint, and compares what that gives with all that is stored
/// beside it. Whatever traffic there is meanwhile, a snapshot is of one moment and a commit is whole, so that every difference is one.
/// </summary>
/// <param name="fold">The fold, under the vocabulary of today.</param>
public sealed class WorkflowAuditor(WorkflowFold fold)
{
    /// <summary>Audits a workflow.</summary>
    public async Task<WorkflowAudit> Audit(IWorkflowSnapshot snapshot, string workflowId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var findings = new Findings(workflowId);
        if (await FindStart(snapshot, findings, workflowId, cancellationToken) is not { } state)
            return new WorkflowAudit(findings.All, 0, IsOtherVocabulary: false);

        var (folded, receipts, otherVocabulary) = await FoldReceipts(snapshot, findings, state, cancellationToken);
        if (otherVocabulary || findings.All.Any(static finding => finding.Kind is FindingKind.ReceiptMissing or FindingKind.ReceiptBody))
            return new WorkflowAudit(findings.All, receipts, otherVocabulary);

        await new StoredRowsAuditor(fold.Vocabulary, snapshot, findings).Audit(folded, cancellationToken);
        return new WorkflowAudit(findings.All, receipts, IsOtherVocabulary: false);
    }

    private static async Task<WorkflowState?> FindStart(
        IWorkflowSnapshot snapshot, Findings findings, string workflowId, CancellationToken cancellationToken)
    {
        var checkpoint = await snapshot.FindCheckpoint(workflowId, cancellationToken);
        try
        {
            var state = Checkpoints.StateOf(checkpoint, workflowId);
            if (checkpoint is not null)
                findings.Compare(FindingKind.Checkpoint, "checkpoint", $"{Checkpoints.Of(state, checkpoint.RemovedThrough)}", $"{checkpoint}");

            return state;
        }
        catch (JsonException exception)
        {
            findings.Add(FindingKind.Checkpoint, "checkpoint", "a state", exception.Message);
            return null;
        }
    }

    private async Task<(WorkflowState State, long Receipts, bool OtherVocabulary)> FoldReceipts(
        IWorkflowSnapshot snapshot, Findings findings, WorkflowState state, CancellationToken cancellationToken)
    {
        var (start, receipts) = (state.Seq, 0L);
        await foreach (var stored in snapshot.Read(state.WorkflowId, 0, cancellationToken))
        {
            if (stored.Seq <= start)
            {
                findings.Add(FindingKind.ReceiptNotRemoved, $"receipt {stored.Seq}", null, $"{stored.Id}");
                continue;
            }

            if (stored.Seq != state.Seq + 1)
            {
                findings.Add(FindingKind.ReceiptMissing, $"receipt {state.Seq + 1}", "a receipt", $"the next is {stored.Seq}");
                break;
            }

            // A receipt of a tombstone says nothing that a vocabulary could change.
            if (stored.Vocabulary != fold.Vocabulary.Fingerprint && !state.IsDeleted)
                return (state, receipts, OtherVocabulary: true);

            var (expected, after, error) = StoredReceipts.Apply(fold, state, stored);
            if (expected is null)
            {
                findings.Add(FindingKind.ReceiptBody, $"receipt {stored.Seq}", "a notification of this workflow", error);
                break;
            }

            findings.CompareReceipt(expected, stored);
            (state, receipts) = (after, receipts + 1);
        }

        return (state, receipts, OtherVocabulary: state.Seq > 0 && state.Fingerprint != fold.Vocabulary.Fingerprint && !state.IsDeleted);
    }
}

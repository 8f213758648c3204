using System.Text.Json;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Receipts;
using Orleans.Workflow.Grains.Vocabularies;
using Orleans.Workflow.Grains.Workflows;

namespace Orleans.Workflow.Grains.Audit;

/// <summary>
/// Folds every stored receipt of a workflow again, from the last baseline, and compares what that gives with all that
/// is stored beside it. Whatever traffic there is meanwhile, a snapshot is of one moment and a commit is whole, so that
/// every difference is one.
/// </summary>
/// <param name="vocabularies">What receipts were folded under.</param>
public sealed class WorkflowAuditor(VocabularyCache vocabularies)
{
    /// <summary>Audits a workflow.</summary>
    public async Task<WorkflowAudit> Audit(
        IWorkflowSnapshot snapshot,
        string workflowId,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var findings = new Findings(workflowId);
        var baseline = await snapshot.FindBaseline(workflowId, cancellationToken);
        if (FindStart(baseline, findings, workflowId) is not { } start)
            return new WorkflowAudit(findings.All, 0, IsOtherVocabulary: false);

        var recorded = new RecordedFold(snapshot, vocabularies, baseline, start);
        var (hasSnapshot, kept) = await FindSnapshot(snapshot, findings, workflowId, cancellationToken);
        var isKnown = await FoldReceipts(snapshot, findings, recorded, kept, cancellationToken);
        var state = recorded.State;
        var receipts = state.Seq - start.Seq;
        if (
            !isKnown
            || findings.All.Any(static finding => finding.Kind is FindingKind.ReceiptMissing or FindingKind.ReceiptBody)
        )
            return new WorkflowAudit(findings.All, receipts, IsOtherVocabulary: !isKnown);

        var fold = await vocabularies.Find(state.Fingerprint, cancellationToken);
        if (fold is null && state is { Seq: > 0, IsDeleted: false })
            return new WorkflowAudit(findings.All, receipts, IsOtherVocabulary: true);

        if (state.HasFacts)
            await CompareFacts(snapshot, findings, workflowId, cancellationToken);

        var row = await snapshot.FindStored(workflowId, cancellationToken);
        var folded = new FoldedWorkflow(state, fold?.Vocabulary ?? Vocabulary.Default, row, hasSnapshot);
        await new StoredRowsAuditor(snapshot, findings).Audit(folded, kept, cancellationToken);
        return new WorkflowAudit(findings.All, receipts, IsOtherVocabulary: false)
        {
            Folded = state.Seq > 0 && findings.All.All(IsOfDerived) ? folded : null,
        };
    }

    private static async Task CompareFacts(
        IWorkflowSnapshot snapshot,
        Findings findings,
        string workflowId,
        CancellationToken cancellationToken
    )
    {
        foreach (var (expected, stored) in await snapshot.FindMiscounts(workflowId, cancellationToken))
            findings.Compare(
                FindingKind.FactCount,
                $"facts of node '{stored.NodetaskId}', {stored.Kind} '{stored.Value}'",
                $"{expected.Count}, and {expected.Different} different",
                $"{stored.Count}, and {stored.Different} different"
            );
    }

    private static bool IsOfDerived(Finding finding) => finding.Kind is FindingKind.State or FindingKind.ListRow;

    private static WorkflowState? FindStart(BaselineRow? baseline, Findings findings, string workflowId)
    {
        try
        {
            var state = Baselines.StateOf(baseline, workflowId);
            if (baseline is not null)
            {
                findings.Compare(
                    FindingKind.Baseline,
                    "baseline",
                    $"{Baselines.Of(state, baseline.Vocabulary, baseline.RemovedThrough)}",
                    $"{baseline}"
                );
            }

            return state;
        }
        catch (JsonException exception)
        {
            findings.Add(FindingKind.Baseline, "baseline", "a state", exception.Message);
            return null;
        }
    }

    private static async Task<(bool IsStored, WorkflowState? State)> FindSnapshot(
        IWorkflowSnapshot snapshot,
        Findings findings,
        string workflowId,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var state = await StateSnapshots.Find(snapshot, workflowId, cancellationToken);
            return (state is not null, state);
        }
        catch (JsonException exception)
        {
            findings.Add(FindingKind.State, "snapshot", "a state", exception.Message);
            return (true, null);
        }
    }

    /// <summary>The snapshot of a large state is the fold of the receipts up to it, not up to the last.</summary>
    private static void CompareSnapshot(Findings findings, WorkflowState folded, WorkflowState? kept)
    {
        if (kept is not null && kept.Seq == folded.Seq)
        {
            findings.CompareJson(
                FindingKind.State,
                "snapshot",
                JsonSerializer.Serialize(folded, GrainStateJson.Default.WorkflowState),
                JsonSerializer.Serialize(kept, GrainStateJson.Default.WorkflowState)
            );
        }
    }

    /// <returns>Whether everything could be judged; not if a vocabulary is not known.</returns>
    private static async Task<bool> FoldReceipts(
        IWorkflowSnapshot snapshot,
        Findings findings,
        RecordedFold recorded,
        WorkflowState? kept,
        CancellationToken cancellationToken
    )
    {
        var start = recorded.State.Seq;
        CompareSnapshot(findings, recorded.State, kept);
        await foreach (var stored in snapshot.Read(recorded.State.WorkflowId, 0, cancellationToken))
        {
            if (stored.Seq <= start)
            {
                findings.Add(FindingKind.ReceiptNotRemoved, $"receipt {stored.Seq}", null, $"{stored.Id}");
                continue;
            }

            if (stored.Seq != recorded.State.Seq + 1)
            {
                findings.Add(
                    FindingKind.ReceiptMissing,
                    $"receipt {recorded.State.Seq + 1}",
                    "a receipt",
                    $"the next is {stored.Seq}"
                );
                break;
            }

            var (expected, error) = await recorded.Next(stored, cancellationToken);
            if (expected is not null)
            {
                findings.CompareReceipt(expected, stored);
                CompareSnapshot(findings, recorded.State, kept);
                continue;
            }

            if (error is null)
                return false;

            findings.Add(FindingKind.ReceiptBody, $"receipt {stored.Seq}", "a notification of this workflow", error);
            break;
        }

        return true;
    }
}

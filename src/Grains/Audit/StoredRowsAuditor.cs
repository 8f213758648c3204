using System.Text.Json;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Workflows;

namespace Orleans.Workflow.Grains.Audit;

/// <summary>Compares what is stored beside the receipts with the state that they fold to.</summary>
/// <param name="snapshot">What is stored.</param>
/// <param name="findings">Takes the differences.</param>
internal sealed class StoredRowsAuditor(IWorkflowSnapshot snapshot, Findings findings)
{
    /// <summary>Compares all of it.</summary>
    /// <param name="folded">What the receipts give.</param>
    /// <param name="kept">The snapshot of a large state; null if there is none.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task Audit(FoldedWorkflow folded, WorkflowState? kept, CancellationToken cancellationToken)
    {
        var (state, row) = (folded.State, folded.Row);
        var payload = Read(row?.State);
        var stored = payload?.Workflow ?? payload?.Head;
        if ((row?.Seq ?? stored?.Seq) > state.Seq)
        {
            findings.Add(
                FindingKind.ReceiptMissing,
                $"receipt {state.Seq + 1}",
                $"receipts to {row!.Seq ?? stored!.Seq}",
                $"the last is {state.Seq}"
            );
            return;
        }

        AuditSnapshot(folded, payload, kept);
        if (stored is null)
        {
            findings.Add(FindingKind.State, "state", $"a state at receipt {state.Seq}", null);
            return;
        }

        // A state that receipts have left as it was is stored as of an earlier one; how many there were is in the row.
        if (row is { Seq: { } seq, LastReceivedAt: { } lastReceivedAt })
            stored = stored.Received(seq, lastReceivedAt);

        findings.CompareJson(
            FindingKind.State,
            "state",
            JsonSerializer.Serialize(
                payload!.Head is null ? state : state with { Nodes = [] },
                GrainStateJson.Default.WorkflowState
            ),
            JsonSerializer.Serialize(stored, GrainStateJson.Default.WorkflowState)
        );
        AuditList(await snapshot.FindRow(state.WorkflowId, cancellationToken), folded);
    }

    /// <summary>A large state has a snapshot, and it is of a receipt that there is.</summary>
    private void AuditSnapshot(FoldedWorkflow folded, WorkflowGrainState? payload, WorkflowState? kept)
    {
        if (payload?.Head is not null && !folded.HasSnapshot)
            findings.Add(FindingKind.State, "snapshot", "a state", null);
        else if (kept?.Seq > folded.State.Seq)
            findings.Add(FindingKind.State, "snapshot", $"receipts to {folded.State.Seq}", $"receipts to {kept.Seq}");
    }

    private void AuditList(IReadOnlyDictionary<string, object?>? stored, FoldedWorkflow folded)
    {
        var expected = folded.State.IsDeleted ? null : snapshot.ExpectedRow(folded.Listed);
        if (stored is null || expected is null)
        {
            findings.Compare(
                FindingKind.ListRow,
                "list",
                expected is null ? null : "a row",
                stored is null ? null : "a row"
            );
            return;
        }

        foreach (var (column, value) in expected)
            findings.Compare(FindingKind.ListRow, $"list.{column}", value?.ToString(), stored[column]?.ToString());
    }

    private WorkflowGrainState? Read(byte[]? payload)
    {
        try
        {
            return payload is null
                ? null
                : JsonSerializer.Deserialize(payload, GrainStateJson.Default.WorkflowGrainState);
        }
        catch (JsonException exception)
        {
            findings.Add(FindingKind.State, "state", "a state", exception.Message);
            return null;
        }
    }
}

using System.Text.Json;
using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Grains.Workflows;

namespace Orleans.Workflow.Grains.Audit;

/// <summary>Compares what is stored beside the receipts with the state that they fold to.</summary>
/// <param name="vocabulary">That under which the workflow was begun, or folded again: by its ranking it is shown and listed.</param>
/// <param name="snapshot">What is stored.</param>
/// <param name="findings">Takes the differences.</param>
internal sealed class StoredRowsAuditor(Vocabulary vocabulary, IWorkflowSnapshot snapshot, Findings findings)
{
    /// <summary>Compares all of it.</summary>
    public async Task Audit(WorkflowState folded, CancellationToken cancellationToken)
    {
        var payload = await snapshot.FindState(
            new GrainStateName(StateNames.Workflow, GrainKeys.Workflow(folded.WorkflowId)), cancellationToken);
        if (Read(payload) is not { } row
            || (row.Workflow ?? row.Head) is not { } stored)
        {
            findings.Add(FindingKind.State, "state", $"a state at receipt {folded.Seq}", null);
            return;
        }

        var listed = await snapshot.FindRow(folded.WorkflowId, cancellationToken);
        stored = WithReceived(stored, listed);
        if (stored.Seq > folded.Seq)
        {
            findings.Add(FindingKind.ReceiptMissing, $"receipt {folded.Seq + 1}", $"receipts to {stored.Seq}", $"the last is {folded.Seq}");
            return;
        }

        findings.CompareJson(
            FindingKind.State,
            "state",
            JsonSerializer.Serialize(
                row.Head is null ? folded : folded with { Nodes = [] }, GrainStateJson.Default.WorkflowState),
            JsonSerializer.Serialize(stored, GrainStateJson.Default.WorkflowState));
        AuditList(listed, folded);
    }

    /// <summary>A state that receipts have left as it was is stored as of an earlier one; how many there were is in the list.</summary>
    private static WorkflowState WithReceived(WorkflowState stored, IReadOnlyDictionary<string, object?>? listed) =>
        listed?["seq"] is long seq && listed["last_received_at"] is long lastReceivedAt ? stored.Received(seq, lastReceivedAt) : stored;

    private void AuditList(IReadOnlyDictionary<string, object?>? stored, WorkflowState folded)
    {
        var expected = folded.IsDeleted ? null : snapshot.ExpectedRow(WorkflowRows.Of(folded, vocabulary.Ranking));
        if (stored is null || expected is null)
        {
            findings.Compare(FindingKind.ListRow, "list", expected is null ? null : "a row", stored is null ? null : "a row");
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

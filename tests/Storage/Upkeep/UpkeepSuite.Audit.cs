using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orleans.Workflow.Grains;
using Orleans.Workflow.Grains.Audit;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Upkeep;

/// <summary>What an audit finds.</summary>
public abstract partial class UpkeepSuite
{
    public static TheoryData<string, FindingKind> Corruptions => new()
    {
        { "DELETE FROM receipt WHERE workflow_id = @id AND seq = 1", FindingKind.ReceiptMissing },
        { "DELETE FROM receipt WHERE workflow_id = @id AND seq = 2", FindingKind.ReceiptMissing },
        { "DELETE FROM receipt WHERE workflow_id = @id AND seq = 3", FindingKind.ReceiptMissing },
        { "UPDATE receipt SET effect = 0 WHERE workflow_id = @id AND seq = 3", FindingKind.ReceiptEffect },
        { "UPDATE receipt SET version = 7 WHERE workflow_id = @id AND seq = 2", FindingKind.ReceiptEffect },
        { "UPDATE receipt SET changes = replace(changes, 'first_sight', 'other_word') WHERE workflow_id = @id AND seq = 1", FindingKind.Transitions },
        { "UPDATE receipt SET changes = NULL WHERE workflow_id = @id AND seq = 2", FindingKind.Transitions },
        { "state_code = 2", FindingKind.ListRow },
        { "name = NULL", FindingKind.ListRow },
        { "seq = seq - 1", FindingKind.ListRow },
        { "seq = seq + 1", FindingKind.ReceiptMissing },
        { "name_lower = 'other'", FindingKind.ListRow },
        { "word = 'other'", FindingKind.ListRow },
        { "status_normalised = 'other'", FindingKind.ListRow },
        { "state_code = NULL", FindingKind.ListRow },
        { "payloadbinary = NULL", FindingKind.State },
        { "DELETE FROM orleansstorage WHERE grainidextensionstring = 'wf/' || @id", FindingKind.State },
    };

    [Theory]
    [MemberData(nameof(Corruptions))]
    public async Task Finds_a_row_that_somebody_changed(string statement, FindingKind expected)
    {
        var workflowId = await Ended();
        await ShouldBeClean(workflowId);

        await (statement.Contains(" = ", StringComparison.Ordinal) && !statement.Contains("@id", StringComparison.Ordinal)
            ? Change(workflowId, statement)
            : Silo.Execute(statement, ("id", workflowId)));

        (await Audit(workflowId)).Findings.ShouldContain(finding => finding.Kind == expected);
    }

    [Fact]
    public async Task Finds_a_body_that_somebody_changed()
    {
        var workflowId = await Ended();
        var body = JsonSerializer.Serialize(new { workflow_id = workflowId, workflow_name = "A name", status = "failed", actions = Array.Empty<object>() });
        await SetBody(workflowId, 2, body);
        (await Audit(workflowId)).Findings.ShouldContain(static finding => finding.Kind == FindingKind.Transitions && finding.Where.StartsWith("receipt 2"));

        await SetBody(workflowId, 2, "{");
        (await Audit(workflowId)).Findings.ShouldHaveSingleItem().Kind.ShouldBe(FindingKind.ReceiptBody);
        await SetBody(workflowId, 2, body.Replace("workflow_id\":\"", "workflow_id\":\"x"));
        (await Audit(workflowId)).Findings.ShouldHaveSingleItem().Kind.ShouldBe(FindingKind.ReceiptBody);
    }

    [Fact]
    public async Task Finds_a_state_that_somebody_changed()
    {
        var workflowId = await Ended();
        var state = await Silo.StoredWorkflow(workflowId);
        await SetState(GrainKeys.Workflow(workflowId), JsonSerializer.SerializeToUtf8Bytes(
            state with { Workflow = state.Workflow! with { Name = "Another" } }, GrainStateJson.Default.WorkflowGrainState));

        var finding = (await Audit(workflowId)).Findings.ShouldHaveSingleItem();

        (finding.Kind, finding.Where, finding.Expected, finding.Stored).ShouldBe((FindingKind.State, "state.n", "\"A name\"", "\"Another\""));
    }

    [Fact]
    public async Task Passes_by_what_earlier_versions_kept_of_node_tasks()
    {
        var workflowId = await Ended();
        var payload = JsonSerializer.SerializeToNode(
            await Silo.StoredWorkflow(workflowId), GrainStateJson.Default.WorkflowGrainState)!.AsObject();
        payload["d"] = new JsonArray("n", "m");
        payload["u"] = new JsonArray("n");
        await SetState(GrainKeys.Workflow(workflowId), JsonSerializer.SerializeToUtf8Bytes(payload));

        await ShouldBeClean(workflowId);
    }

    [Fact]
    public async Task Finds_a_state_that_belongs_to_no_workflow()
    {
        var workflowId = await Ended();
        var left = Sample.Grain(GrainKeys.NodeTask(await Ended(), "n"));
        await Silo.Provider.WriteStateAsync("node-task", left, Sample.State("of a silo of an earlier version"));
        await Change(workflowId, "state_code = NULL");
        await Silo.Execute("DELETE FROM receipt WHERE workflow_id = @id", ("id", workflowId));

        var orphans = await Orphans();

        orphans.ShouldContain(GrainKeys.Workflow(workflowId));
        orphans.ShouldContain(left.Key.ToString());
    }

    [Fact]
    public async Task Cannot_judge_what_was_folded_under_another_vocabulary()
    {
        var workflowId = await Ended();
        await Silo.Execute("UPDATE receipt SET vocabulary = 'other' WHERE workflow_id = @id AND seq = 2", ("id", workflowId));

        var audit = await Audit(workflowId);

        audit.Findings.ShouldBeEmpty();
        audit.IsOtherVocabulary.ShouldBeTrue();
    }

    [Fact]
    public async Task Every_id_is_listed_once_whichever_table_holds_it()
    {
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
            ids.Add(await Ended());

        await Change(ids[1], "state_code = NULL");
        (await Silo.Workflow(ids[2]).Delete(DateTimeOffset.MaxValue).InTime()).ShouldBeTrue();

        await using var snapshot = await Snapshots.Open(CancellationToken.None);
        var listed = new List<string>();
        while (await snapshot.ListIds(listed.LastOrDefault() ?? string.Empty, 2, CancellationToken.None) is { Count: > 0 } page)
            listed.AddRange(page);

        listed.ShouldBeUnique();
        ids.ShouldBeSubsetOf(listed);
    }

    /// <summary>Changes columns of a workflow's row behind the product.</summary>
    private Task Change(string workflowId, string columns) => Silo.Execute(
        $"UPDATE orleansstorage SET {columns} WHERE grainidextensionstring = 'wf/' || @id AND graintypestring = 'workflow'", ("id", workflowId));

    private Task SetBody(string workflowId, long seq, string body) => Silo.Execute(
        "UPDATE receipt SET body = @body WHERE workflow_id = @id AND seq = @seq", ("body", Encoding.UTF8.GetBytes(body)), ("id", workflowId), ("seq", seq));

    private Task SetState(string key, byte[] payload) => Silo.Execute(
        "UPDATE orleansstorage SET payloadbinary = @payload WHERE grainidextensionstring = @key", ("payload", payload), ("key", key));
}

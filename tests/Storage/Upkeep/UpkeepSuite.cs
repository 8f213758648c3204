using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Core.Internal;
using Orleans.Workflow.Grains;
using Orleans.Workflow.Grains.Audit;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Receipts;
using Orleans.Workflow.Grains.Vocabularies;
using Orleans.Workflow.Grains.Workflows;
using Orleans.Workflow.Hosting.Retention;
using Orleans.Workflow.Hosting.Settings;
using Orleans.Workflow.Storage.Tests.Hosting;
using Orleans.Workflow.Storage.Tests.Refolds;

namespace Orleans.Workflow.Storage.Tests.Upkeep;

/// <summary>Audit and retention on every database, in a silo of the product.</summary>
public abstract class UpkeepSuite(SiloFixture fixture)
{
    private SiloUnderTest Silo => fixture.Silo;

    private IWorkflowSnapshots Snapshots => Silo.Services.GetRequiredService<IWorkflowSnapshots>();

    private IRetentionStore Store => Silo.Services.GetRequiredService<IRetentionStore>();

    private ReceiptTrimmer Trimmer =>
        new(Snapshots, Store, Silo.Services.GetRequiredService<VocabularyCache>(), NullLogger<ReceiptTrimmer>.Instance);

    private async Task<WorkflowAudit> Audit(string workflowId)
    {
        await using var snapshot = await Snapshots.Open(CancellationToken.None);
        return await Silo
            .Services.GetRequiredService<WorkflowAuditor>()
            .Audit(snapshot, workflowId, CancellationToken.None)
            .InTime();
    }

    private async Task ShouldBeClean(string workflowId)
    {
        var audit = await Audit(workflowId);
        audit.Findings.ShouldBeEmpty();
        audit.IsOtherVocabulary.ShouldBeFalse();
    }

    private async Task<List<string>> Orphans()
    {
        await using var snapshot = await Snapshots.Open(CancellationToken.None);
        var keys = new List<string>();
        await foreach (var key in snapshot.ListOrphans(CancellationToken.None))
            keys.Add(key);

        return keys;
    }

    /// <summary>A workflow that ran and ended, with a node task that was asked for.</summary>
    private async Task<string> Ended()
    {
        var workflowId = Sample.Unique("odd/%2F id");
        var workflow = Silo.Workflow(workflowId);
        await workflow.Receive(Receipts.Of(workflowId, "running", ("n", "running"), ("m", "waiting"))).InTime();
        (await Silo.NodeTask(workflowId, "n").GetState().InTime()).ShouldNotBeNull();
        await workflow.Receive(Receipts.Of(workflowId, "finished", ("n", "finished"))).InTime();
        await workflow.Receive(Receipts.Of(workflowId, "running")).InTime();
        return workflowId;
    }

    private Task<long> Rows(string table, string workflowId) =>
        Silo.Number($"SELECT count(*) FROM {table} WHERE workflow_id = @id", ("id", workflowId));

    // What an audit finds.

    public static TheoryData<string, FindingKind> Corruptions =>
        new()
        {
            { "DELETE FROM receipt WHERE workflow_id = @id AND seq = 1", FindingKind.ReceiptMissing },
            { "DELETE FROM receipt WHERE workflow_id = @id AND seq = 2", FindingKind.ReceiptMissing },
            { "DELETE FROM receipt WHERE workflow_id = @id AND seq = 3", FindingKind.ReceiptMissing },
            { "UPDATE receipt SET effect = 0 WHERE workflow_id = @id AND seq = 3", FindingKind.ReceiptEffect },
            { "UPDATE receipt SET version = 7 WHERE workflow_id = @id AND seq = 2", FindingKind.ReceiptEffect },
            {
                "UPDATE receipt SET changes = replace(changes, 'first_sight', 'other_word') WHERE workflow_id = "
                    + "@id AND seq = 1",
                FindingKind.Transitions
            },
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

        await (
            statement.Contains(" = ", StringComparison.Ordinal) && !statement.Contains("@id", StringComparison.Ordinal)
                ? Change(workflowId, statement)
                : Silo.Execute(statement, ("id", workflowId))
        );

        (await Audit(workflowId)).Findings.ShouldContain(finding => finding.Kind == expected);
    }

    [Fact]
    public async Task Finds_a_body_that_somebody_changed()
    {
        var workflowId = await Ended();
        var body = JsonSerializer.Serialize(
            new
            {
                workflow_id = workflowId,
                workflow_name = "A name",
                status = "failed",
                actions = Array.Empty<object>(),
            }
        );
        await SetBody(workflowId, 2, body);
        (await Audit(workflowId)).Findings.ShouldContain(static finding =>
            finding.Kind == FindingKind.Transitions && finding.Where.StartsWith("receipt 2")
        );

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
        await SetState(
            GrainKeys.Workflow(workflowId),
            JsonSerializer.SerializeToUtf8Bytes(
                state with
                {
                    Workflow = state.Workflow! with { ReportedName = "Another" },
                },
                GrainStateJson.Default.WorkflowGrainState
            )
        );

        var finding = (await Audit(workflowId)).Findings.ShouldHaveSingleItem();

        (finding.Kind, finding.Where, finding.Expected, finding.Stored).ShouldBe(
            (FindingKind.State, "state.n", "\"A name\"", "\"Another\"")
        );
    }

    [Fact]
    public async Task Passes_by_what_earlier_versions_kept_of_node_tasks()
    {
        var workflowId = await Ended();
        var payload = JsonSerializer
            .SerializeToNode(await Silo.StoredWorkflow(workflowId), GrainStateJson.Default.WorkflowGrainState)!
            .AsObject();
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
        await Silo.Execute(
            "UPDATE receipt SET vocabulary = 'other' WHERE workflow_id = @id AND seq = 2",
            ("id", workflowId)
        );

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
        while (
            await snapshot.ListIds(listed.LastOrDefault() ?? string.Empty, 2, CancellationToken.None)
                is { Count: > 0 } page
        )
            listed.AddRange(page);

        listed.ShouldBeUnique();
        ids.ShouldBeSubsetOf(listed);
    }

    /// <summary>Changes columns of a workflow's row behind the product.</summary>
    private Task Change(string workflowId, string columns) =>
        Silo.Execute(
            $"UPDATE orleansstorage SET {columns} WHERE grainidextensionstring = 'wf/' || @id AND "
                + "graintypestring = 'workflow'",
            ("id", workflowId)
        );

    private Task SetBody(string workflowId, long seq, string body) =>
        Silo.Execute(
            "UPDATE receipt SET body = @body WHERE workflow_id = @id AND seq = @seq",
            ("body", Encoding.UTF8.GetBytes(body)),
            ("id", workflowId),
            ("seq", seq)
        );

    private Task SetState(string key, byte[] payload) =>
        Silo.Execute(
            "UPDATE orleansstorage SET payloadbinary = @payload WHERE grainidextensionstring = @key",
            ("payload", payload),
            ("key", key)
        );

    // What a rebuild repairs, and what it leaves.

    private const string IsRow = "grainidextensionstring = 'wf/' || @id AND graintypestring = 'workflow'";
    private const string DeleteRow = $"DELETE FROM orleansstorage WHERE {IsRow}";

    /// <summary>Columns that are changed; @payload is that of another workflow.</summary>
    public static TheoryData<string, string?> Damages
    {
        get
        {
            var damages = new TheoryData<string, string?>
            {
                { "payloadbinary = @payload", null },
                { "payloadbinary = @payload", "null" },
                { "payloadbinary = @payload", "{}" },
                { "payloadbinary = @payload", """{"w":{"i":""" },
                { "payloadbinary = NULL", null },
                { DeleteRow, null },
            };
            foreach (
                var change in (string[])
                    [
                        "state_code = 2",
                        "state_code = NULL",
                        "attention = 15",
                        "word = 'other'",
                        "name = NULL",
                        "name_lower = 'other'",
                        "status = 'other'",
                        "status_normalised = 'other'",
                        "node_types = '[]'",
                        "first_received_at = 1",
                        "changed_at = 1",
                        "workflow_version = 9",
                        "seq = 1",
                        "seq = NULL",
                        "last_received_at = 1",
                        "last_received_at = NULL",
                    ]
            )
            {
                damages.Add(change, null);
            }

            return damages;
        }
    }

    public static TheoryData<string, RebuildOutcome> Unsound =>
        new()
        {
            { "DELETE FROM receipt WHERE workflow_id = @id AND seq = 1", RebuildOutcome.NotFoldable },
            { "DELETE FROM receipt WHERE workflow_id = @id AND seq = 2", RebuildOutcome.NotFoldable },
            { "DELETE FROM receipt WHERE workflow_id = @id AND seq = 3", RebuildOutcome.NotFoldable },
            { "DELETE FROM receipt WHERE workflow_id = @id", RebuildOutcome.NotFoldable },
            { "UPDATE receipt SET body = @body WHERE workflow_id = @id AND seq = 2", RebuildOutcome.NotFoldable },
            { "UPDATE receipt SET effect = 0 WHERE workflow_id = @id AND seq = 3", RebuildOutcome.NotFoldable },
            {
                "UPDATE receipt SET vocabulary = 'other' WHERE workflow_id = @id AND seq = 2",
                RebuildOutcome.OtherVocabulary
            },
        };

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task A_damaged_row_is_rewritten_from_the_receipts(string change, string? payload)
    {
        var workflowId = await Ended();
        var before = await Shown(workflowId);
        var bytes = payload is null ? await Payload(await Ended()) : Encoding.UTF8.GetBytes(payload);
        await Deactivate(Silo.Workflow(workflowId));
        await Damage(workflowId, change, bytes);
        (await Audit(workflowId)).Findings.ShouldNotBeEmpty();

        (await Rebuild(workflowId)).ShouldBe(RebuildOutcome.Rewritten);

        await ShouldBeClean(workflowId);
        (await Shown(workflowId)).ShouldBe(before);
        await ShouldGoOn(workflowId);
    }

    [Theory]
    [InlineData(DeleteRow)]
    [InlineData("payloadbinary = NULL")]
    [InlineData("payloadbinary = @payload")]
    [InlineData("state_code = 3, word = 'x', attention = 0, name_lower = 'a', changed_at = 1, first_received_at = 1")]
    public async Task A_damaged_tombstone_is_rewritten_from_its_baseline(string change)
    {
        var workflowId = await Ended();
        (await Silo.Workflow(workflowId).Delete(Later).InTime()).ShouldBeTrue();
        await Silo.Workflow(workflowId).Receive(Receipts.Of(workflowId, "failed")).InTime();
        await Deactivate(Silo.Workflow(workflowId));
        await Damage(workflowId, change, "no state"u8.ToArray());

        (await Rebuild(workflowId)).ShouldBe(RebuildOutcome.Rewritten);

        await ShouldBeTombstone(workflowId, receipts: 1);
        var late = await Silo.Workflow(workflowId).Receive(Receipts.Of(workflowId, "running")).InTime();
        late.Effect.ShouldBe(ReceiptEffect.Stale);
        await ShouldBeTombstone(workflowId, receipts: 2);
    }

    [Fact]
    public async Task What_is_as_the_receipts_say_is_not_written()
    {
        var (live, trimmed, deleted) = (await Ended(), await Ended(), await Ended());
        (await Trim(trimmed, 2)).ShouldBe(2);
        (await Silo.Workflow(deleted).Delete(Later).InTime()).ShouldBeTrue();

        foreach (var workflowId in (string[])[live, trimmed, deleted])
        {
            var version = await RowVersion(workflowId);
            (await Rebuild(workflowId)).ShouldBe(RebuildOutcome.Unchanged);
            (await RowVersion(workflowId)).ShouldBe(version);
        }
    }

    [Fact]
    public async Task A_row_behind_removed_receipts_is_rewritten_from_the_baseline()
    {
        var workflowId = await Ended();
        var before = await Shown(workflowId);
        (await Trim(workflowId, 3)).ShouldBe(3);
        await Silo.Execute(DeleteRow, ("id", workflowId));
        await Deactivate(Silo.Workflow(workflowId));

        // It is known by its baseline alone, so a notification does not begin it again.
        await Should.ThrowAsync<WorkflowUnavailableException>(() =>
            Silo.Workflow(workflowId).Receive(Receipts.Of(workflowId, "running")).InTime()
        );
        (await Rows("receipt", workflowId)).ShouldBe(0);

        (await Rebuild(workflowId)).ShouldBe(RebuildOutcome.Rewritten);

        await Deactivate(Silo.Workflow(workflowId));
        (await Shown(workflowId)).ShouldBe(before);
        await ShouldGoOn(workflowId);
    }

    [Theory]
    [MemberData(nameof(Unsound))]
    public async Task What_cannot_be_folded_is_left_as_it_is(string meddle, RebuildOutcome expected)
    {
        var workflowId = await Ended();
        await Silo.Execute(meddle, ("id", workflowId), ("body", "{"u8.ToArray()));
        await Change(workflowId, "payloadbinary = NULL");
        var version = await RowVersion(workflowId);

        (await Rebuild(workflowId)).ShouldBe(expected);

        (await RowVersion(workflowId)).ShouldBe(version);
    }

    [Fact]
    public async Task A_baseline_that_cannot_be_read_leaves_its_workflow_as_it_is()
    {
        var workflowId = await Ended();
        (await Trim(workflowId, 2)).ShouldBe(2);
        await Silo.Execute("UPDATE baseline SET state = 'no json' WHERE workflow_id = @id", ("id", workflowId));
        await Change(workflowId, "payloadbinary = NULL");

        (await Rebuild(workflowId)).ShouldBe(RebuildOutcome.NotFoldable);

        await Silo.Execute("DELETE FROM baseline WHERE workflow_id = @id", ("id", workflowId));
    }

    /// <summary>The activation in memory holds the version from before.</summary>
    [Fact]
    public async Task A_workflow_in_memory_goes_on_from_the_rewritten_row()
    {
        var workflowId = await Ended();
        await Change(workflowId, "payloadbinary = NULL");

        (await Rebuild(workflowId)).ShouldBe(RebuildOutcome.Rewritten);

        await ShouldGoOn(workflowId);
    }

    [Fact]
    public async Task A_commit_between_reading_and_writing_wins()
    {
        var workflowId = await Ended();
        await Change(workflowId, "payloadbinary = NULL");

        // It changes nothing, so it does not write the state.
        var outcome = await Rebuild(workflowId, () =>
            Silo.Workflow(workflowId).Receive(Receipts.Of(workflowId, "running"))
        );

        outcome.ShouldBe(RebuildOutcome.Rewritten, "at the second attempt");
        (await Rows("receipt", workflowId)).ShouldBe(4);
        await ShouldBeClean(workflowId);
        await ShouldGoOn(workflowId);
    }

    [Fact]
    public async Task Retention_between_reading_and_writing_wins()
    {
        var (trimmed, deleted) = (await Ended(), await Ended());
        foreach (var workflowId in (string[])[trimmed, deleted])
            await Change(workflowId, "name_lower = 'other'");

        (await Rebuild(trimmed, () => Trim(trimmed, 2))).ShouldBe(RebuildOutcome.Rewritten, "at the second attempt");
        (await Rebuild(deleted, () => Silo.Workflow(deleted).Delete(Later))).ShouldBe(RebuildOutcome.Unchanged);

        (await Rows("receipt", trimmed)).ShouldBe(1);
        await ShouldBeClean(trimmed);
        await ShouldGoOn(trimmed);
        await ShouldBeTombstone(deleted, receipts: 0);
    }

    /// <summary>Rebuilds a workflow.</summary>
    /// <param name="workflowId">The workflow.</param>
    /// <param name="meanwhile">What happens once between reading and writing.</param>
    private async Task<RebuildOutcome> Rebuild(string workflowId, Func<Task>? meanwhile = null)
    {
        var snapshots = new MeddledSnapshots(Snapshots);
        if (meanwhile is not null)
            snapshots.AfterNext(meanwhile);

        var rebuilder = new WorkflowRebuilder(
            snapshots,
            Silo.Services.GetRequiredService<WorkflowAuditor>(),
            Silo.Storage,
            Silo.Services.GetRequiredService<IFactStorage>(),
            Silo.Services.GetRequiredService<IWriteAdmission>(),
            SnapshotCadence.Default
        );
        var rebuild = await rebuilder.Rebuild(workflowId, CancellationToken.None).InTime();
        rebuild.WorkflowId.ShouldBe(workflowId);
        return rebuild.Outcome;
    }

    private Task Damage(string workflowId, string change, byte[] payload)
    {
        var statement = change == DeleteRow ? DeleteRow : $"UPDATE orleansstorage SET {change} WHERE {IsRow}";
        return Silo.Execute(statement, ("id", workflowId), ("payload", payload));
    }

    /// <summary>The state, its row in the list and the node, as a reader sees them.</summary>
    private async Task<string> Shown(string workflowId)
    {
        await using var snapshot = await Snapshots.Open(CancellationToken.None);
        return JsonSerializer.Serialize(
            new
            {
                State = await Silo.Workflow(workflowId).GetState().InTime(),
                Node = await Silo.NodeTask(workflowId, "n").GetState().InTime(),
                Row = await snapshot.FindRow(workflowId, CancellationToken.None),
            }
        );
    }

    private async Task<byte[]> Payload(string workflowId)
    {
        await using var snapshot = await Snapshots.Open(CancellationToken.None);
        return (await snapshot.FindStored(workflowId, CancellationToken.None))!.State!;
    }

    private Task<long> RowVersion(string workflowId) =>
        Silo.Number($"SELECT version FROM orleansstorage WHERE {IsRow}", ("id", workflowId));

    private async Task ShouldGoOn(string workflowId)
    {
        var before = (await Silo.Workflow(workflowId).GetState().InTime())!.Version;
        var answer = await Silo.Workflow(workflowId)
            .Receive(Receipts.Of(workflowId, "finished", ("new", "running")))
            .InTime();
        (answer.Effect, answer.Version).ShouldBe((ReceiptEffect.Advanced, before + 1));
        await ShouldBeClean(workflowId);
    }

    // What retention removes, and what stays true.

    private static readonly DateTimeOffset Later = DateTimeOffset.MaxValue;

    [Fact]
    public async Task A_baseline_replaces_the_receipts_that_were_removed()
    {
        var workflowId = Sample.Unique("trimmed");
        for (var i = 0; i < ReceiptTrimmer.MaxBatch + 40; i++)
            await Silo.Workflow(workflowId)
                .Receive(Receipts.Of(workflowId, i % 2 == 0 ? "running" : "paused", ($"n{i % 7}", "running")))
                .InTime();

        var before = await Silo.Workflow(workflowId).GetState().InTime();
        (await Trim(workflowId, ReceiptTrimmer.MaxBatch + 30)).ShouldBe(ReceiptTrimmer.MaxBatch, "a batch is bounded");
        await ShouldBeClean(workflowId);
        (await Trim(workflowId, ReceiptTrimmer.MaxBatch + 30)).ShouldBe(30);
        (await Trim(workflowId, ReceiptTrimmer.MaxBatch + 30)).ShouldBe(0, "again is nothing");

        (await Rows("receipt", workflowId)).ShouldBe(10);
        (await Silo.ReadModel.FindHorizon(workflowId, CancellationToken.None))
            .ShouldNotBeNull()
            .Seq.ShouldBe(ReceiptTrimmer.MaxBatch + 30);
        await ShouldBeClean(workflowId);
        await Silo.Workflow(workflowId).Receive(Receipts.Of(workflowId, "finished")).InTime();
        (await Trim(workflowId, long.MaxValue)).ShouldBe(11, "all of them may go");
        await ShouldBeClean(workflowId);
        (await Silo.Workflow(workflowId).GetState().InTime())!.Version.ShouldBe(before!.Version + 1);
    }

    [Fact]
    public async Task Retention_goes_on_behind_a_workflow_whose_baseline_cannot_be_read()
    {
        var (broken, sound) = (Sample.Unique("a broken"), Sample.Unique("b sound"));
        foreach (var workflowId in (string[])[broken, sound])
        {
            for (var i = 0; i < 5; i++)
                await Silo.Workflow(workflowId)
                    .Receive(Receipts.Of(workflowId, i % 2 == 0 ? "running" : "paused"))
                    .InTime();

            (await Trim(workflowId, 1)).ShouldBe(1);
        }

        await Silo.Execute("UPDATE baseline SET state = 'no json' WHERE workflow_id = @id", ("id", broken));
        var settings = RetentionSettings.Off with { MaxReceipts = 1, Pause = TimeSpan.Zero };
        var grains = Silo.Services.GetRequiredService<WorkflowGrains>();
        var pass = new RetentionPass(settings, Store, Trimmer, grains, new InAnHour(), NullLogger.Instance);

        // A workflow whose receipts could not be removed, as in a locked database, is tried again.
        for (var passes = 0; passes < 20 && await Rows("receipt", sound) > 1; passes++)
            await pass.Run(CancellationToken.None).InTime();

        (await Rows("receipt", sound)).ShouldBe(1);
        (await Rows("receipt", broken)).ShouldBe(4, "what cannot be read is left alone");
        await Silo.Execute("DELETE FROM baseline WHERE workflow_id = @id", ("id", broken));
    }

    [Fact]
    public async Task What_may_go_is_listed_although_a_row_of_the_list_lacks_its_number()
    {
        var workflowId = await Ended();
        await Change(workflowId, "seq = NULL");

        var held = await Store.ListHeld(string.Empty, 10_000, CancellationToken.None);
        var ended = await Store.ListEnded((long.MinValue, string.Empty), long.MaxValue, 10_000, CancellationToken.None);

        held.Single(row => row.WorkflowId == workflowId).Held.ShouldBe(0);
        ended.Single(row => row.WorkflowId == workflowId).Held.ShouldBe(0);
        await Change(workflowId, "seq = 3");
    }

    [Fact]
    public async Task Receipts_with_a_finding_of_the_audit_are_not_removed()
    {
        var workflowId = await Ended();
        await Silo.Execute("UPDATE receipt SET effect = 0 WHERE workflow_id = @id AND seq = 2", ("id", workflowId));

        (await Trim(workflowId, long.MaxValue)).ShouldBe(1);

        (await Rows("receipt", workflowId)).ShouldBe(2);
        (await Audit(workflowId)).Findings.ShouldContain(static finding => finding.Kind == FindingKind.ReceiptEffect);
    }

    [Fact]
    public async Task A_receipt_that_is_too_young_keeps_all_that_came_after_it()
    {
        var workflowId = await Ended();
        await Silo.Execute(
            "UPDATE receipt SET received_at = received_at + 5 WHERE workflow_id = @id AND seq = 2",
            ("id", workflowId)
        );

        (await Trimmer.Trim(workflowId, long.MaxValue, Sample.Time + 1, CancellationToken.None)).ShouldBe(1);
    }

    [Fact]
    public async Task A_deleted_workflow_leaves_a_tombstone_that_nothing_brings_back()
    {
        var workflowId = await Ended();
        var workflow = Silo.Workflow(workflowId);
        (await workflow.Delete(Later).InTime()).ShouldBeTrue();
        (await workflow.Delete(Later).InTime()).ShouldBeTrue("again is safe");

        await ShouldBeTombstone(workflowId, receipts: 0);
        var late = await workflow.Receive(Receipts.Of(workflowId, "running", ("n", "running"))).InTime();
        (late.Effect, late.Version).ShouldBe((ReceiptEffect.Stale, 2));
        await ShouldBeTombstone(workflowId, receipts: 1);

        await Deactivate(workflow);
        (await workflow.Receive(Receipts.Of(workflowId, "failed")).InTime()).Effect.ShouldBe(ReceiptEffect.Stale);
        await ShouldBeTombstone(workflowId, receipts: 2);
        (await Trim(workflowId, long.MaxValue)).ShouldBe(2);
        await ShouldBeTombstone(workflowId, receipts: 0);
    }

    [Fact]
    public async Task Notifications_that_arrive_while_it_is_deleted_are_kept_and_change_nothing()
    {
        var workflowId = await Ended();
        var workflow = Silo.Workflow(workflowId);

        var deleted = workflow.Delete(Later);
        var late = await Task.WhenAll(
                Enumerable.Range(0, 20).Select(_ => workflow.Receive(Receipts.Of(workflowId, "failed")))
            )
            .InTime();

        (await deleted.InTime()).ShouldBeTrue();
        late.ShouldAllBe(static answer => answer.Effect == ReceiptEffect.Stale && answer.Version == 2);
        await ShouldBeTombstone(workflowId, receipts: 20);
    }

    [Fact]
    public async Task Only_what_has_ended_and_did_not_change_since_is_deleted()
    {
        var workflowId = Sample.Unique("live");
        var workflow = Silo.Workflow(workflowId);
        (await workflow.Delete(Later).InTime()).ShouldBeFalse("nothing is known of it");
        await workflow.Receive(Receipts.Of(workflowId, "running")).InTime();
        (await workflow.Delete(Later).InTime()).ShouldBeFalse("it runs");
        await workflow.Receive(Receipts.Of(workflowId, "finished")).InTime();
        (await workflow.Delete(DateTimeOffset.FromUnixTimeMilliseconds(Sample.Time)).InTime()).ShouldBeFalse(
            "it changed just then"
        );

        (await workflow.GetState().InTime())!.Version.ShouldBe(2);
        await ShouldBeClean(workflowId);
    }

    [Fact]
    public async Task A_wait_for_a_workflow_ends_when_it_is_deleted()
    {
        var workflowId = await Ended();
        var waiting = Silo.Workflow(workflowId).WaitForState(new WaitCondition(100, null, TimeSpan.FromSeconds(4)));
        await Silo.Workflow(workflowId).Delete(Later).InTime();

        await Should.ThrowAsync<WorkflowDeletedException>(waiting.InTime());
    }

    [Fact]
    public async Task Finds_rows_beside_a_tombstone()
    {
        var workflowId = await Ended();
        await Silo.Workflow(workflowId).Delete(Later).InTime();
        await Change(workflowId, "name_lower = '', first_received_at = 0, state_code = 0, word = '', attention = 0");
        (await Audit(workflowId))
            .Findings.Select(static finding => finding.Kind)
            .Distinct()
            .ShouldHaveSingleItem()
            .ShouldBe(FindingKind.ListRow);

        await Silo.Execute("UPDATE baseline SET version = 9 WHERE workflow_id = @id", ("id", workflowId));
        (await Audit(workflowId)).Findings.ShouldContain(static finding => finding.Kind == FindingKind.Baseline);
    }

    [Fact]
    public async Task One_at_a_time_has_the_lead()
    {
        var leader = Silo.Services.GetRequiredService<ILeaderLock>();
        var first = await leader.TryTake(LeaderTask.Retention, CancellationToken.None);
        first.ShouldNotBeNull();
        if (Silo.Settings.Provider == StorageProvider.Postgres)
            (await leader.TryTake(LeaderTask.Retention, CancellationToken.None)).ShouldBeNull();

        await using var ofOther = await leader.TryTake(LeaderTask.Refold, CancellationToken.None);
        ofOther.ShouldNotBeNull();

        await first.DisposeAsync();
        var second = await leader.TryTake(LeaderTask.Retention, CancellationToken.None);
        await second.ShouldNotBeNull().DisposeAsync();
    }

    private static async Task Deactivate(IWorkflowGrain workflow) =>
        await workflow.AsReference<IGrainManagementExtension>().DeactivateOnIdle();

    private Task<int> Trim(string workflowId, long throughSeq) =>
        Trimmer.Trim(workflowId, throughSeq, long.MaxValue, CancellationToken.None).InTime();

    private async Task ShouldBeTombstone(string workflowId, long receipts)
    {
        await Should.ThrowAsync<WorkflowDeletedException>(Silo.Workflow(workflowId).GetState().InTime());
        await Should.ThrowAsync<WorkflowDeletedException>(Silo.NodeTask(workflowId, "n").GetState().InTime());
        (await Rows("workflow", workflowId)).ShouldBe(0);
        (await Rows("receipt", workflowId)).ShouldBe(receipts);
        (await Orphans()).ShouldNotContain(GrainKeys.Workflow(workflowId));
        await ShouldBeClean(workflowId);
        (await Silo.ReadModel.FindHorizon(workflowId, CancellationToken.None))
            .ShouldNotBeNull()
            .IsDeleted.ShouldBeTrue();
    }
}

/// <summary>The suite on SQLite.</summary>
public sealed class SqliteUpkeep(SqliteSilo fixture) : UpkeepSuite(fixture), IClassFixture<SqliteSilo>;

/// <summary>The suite on PostgreSQL.</summary>
public sealed class PostgresUpkeep(PostgresSilo fixture) : UpkeepSuite(fixture), IClassFixture<PostgresSilo>;

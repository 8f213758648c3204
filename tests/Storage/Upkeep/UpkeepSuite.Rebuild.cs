using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Workflow.Grains.Audit;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Grains.Workflows;
using Orleans.Workflow.Storage.Tests.Hosting;
using Orleans.Workflow.Storage.Tests.Refolds;

namespace Orleans.Workflow.Storage.Tests.Upkeep;

/// <summary>What a rebuild repairs, and what it leaves.</summary>
public abstract partial class UpkeepSuite
{
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
            foreach (var change in (string[])
                ["state_code = 2", "state_code = NULL", "attention = 15", "word = 'other'", "name = NULL",
                "name_lower = 'other'", "status = 'other'", "status_normalised = 'other'", "node_types = '[]'",
                "first_received_at = 1", "changed_at = 1", "workflow_version = 9", "seq = 1", "seq = NULL",
                "last_received_at = 1", "last_received_at = NULL"])
            {
                damages.Add(change, null);
            }

            return damages;
        }
    }

    public static TheoryData<string, RebuildOutcome> Unsound => new()
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
        await Should.ThrowAsync<WorkflowUnavailableException>(
            () => Silo.Workflow(workflowId).Receive(Receipts.Of(workflowId, "running")).InTime());
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
        var outcome = await Rebuild(
            workflowId, () => Silo.Workflow(workflowId).Receive(Receipts.Of(workflowId, "running")));

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
            snapshots, Silo.Services.GetRequiredService<WorkflowAuditor>(), Silo.Storage,
            Silo.Services.GetRequiredService<IWriteAdmission>(), SnapshotCadence.Default);
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
        return JsonSerializer.Serialize(new
        {
            State = await Silo.Workflow(workflowId).GetState().InTime(),
            Node = await Silo.NodeTask(workflowId, "n").GetState().InTime(),
            Row = await snapshot.FindRow(workflowId, CancellationToken.None),
        });
    }

    private async Task<byte[]> Payload(string workflowId)
    {
        await using var snapshot = await Snapshots.Open(CancellationToken.None);
        return (await snapshot.FindStored(workflowId, CancellationToken.None))!.State!;
    }

    private Task<long> RowVersion(string workflowId) => Silo.Number(
        $"SELECT version FROM orleansstorage WHERE {IsRow}", ("id", workflowId));

    private async Task ShouldGoOn(string workflowId)
    {
        var before = (await Silo.Workflow(workflowId).GetState().InTime())!.Version;
        var answer = await Silo.Workflow(workflowId)
            .Receive(Receipts.Of(workflowId, "finished", ("new", "running"))).InTime();
        (answer.Effect, answer.Version).ShouldBe((ReceiptEffect.Advanced, before + 1));
        await ShouldBeClean(workflowId);
    }
}

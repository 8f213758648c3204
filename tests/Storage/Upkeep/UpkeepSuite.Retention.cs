using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Core.Internal;
using Orleans.Workflow.Grains.Audit;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Receipts;
using Orleans.Workflow.Silo.Retention;
using Orleans.Workflow.Silo.Settings;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Upkeep;

/// <summary>What retention removes, and what stays true.</summary>
public abstract partial class UpkeepSuite
{
    private static readonly DateTimeOffset Later = DateTimeOffset.MaxValue;

    [Fact]
    public async Task A_baseline_replaces_the_receipts_that_were_removed()
    {
        var workflowId = Sample.Unique("trimmed");
        for (var i = 0; i < ReceiptTrimmer.LargestBatch + 40; i++)
            await Silo.Workflow(workflowId).Receive(Receipts.Of(workflowId, i % 2 == 0 ? "running" : "paused", ($"n{i % 7}", "running"))).InTime();

        var before = await Silo.Workflow(workflowId).GetState().InTime();
        (await Trim(workflowId, ReceiptTrimmer.LargestBatch + 30)).ShouldBe(ReceiptTrimmer.LargestBatch, "a batch is bounded");
        await ShouldBeClean(workflowId);
        (await Trim(workflowId, ReceiptTrimmer.LargestBatch + 30)).ShouldBe(30);
        (await Trim(workflowId, ReceiptTrimmer.LargestBatch + 30)).ShouldBe(0, "again is nothing");

        (await Rows("receipt", workflowId)).ShouldBe(10);
        (await Silo.ReadModel.FindHorizon(workflowId, CancellationToken.None)).ShouldNotBeNull().Seq.ShouldBe(ReceiptTrimmer.LargestBatch + 30);
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
                await Silo.Workflow(workflowId).Receive(Receipts.Of(workflowId, i % 2 == 0 ? "running" : "paused")).InTime();

            (await Trim(workflowId, 1)).ShouldBe(1);
        }

        await Silo.Execute("UPDATE baseline SET state = 'no json' WHERE workflow_id = @id", ("id", broken));
        var settings = RetentionSettings.Off with { MostReceipts = 1, Pause = TimeSpan.Zero };
        var grains = Silo.Services.GetRequiredService<WorkflowGrains>();
        var pass = new RetentionPass(settings, Store, Trimmer, grains, new InAnHour(), NullLogger.Instance);

        // A workflow whose receipts could not be removed, such as in a database that is locked, has its turn again.
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
    public async Task What_an_audit_would_find_is_not_removed()
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
        await Silo.Execute("UPDATE receipt SET received_at = received_at + 5 WHERE workflow_id = @id AND seq = 2", ("id", workflowId));

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
        var late = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => workflow.Receive(Receipts.Of(workflowId, "failed")))).InTime();

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
        (await workflow.Delete(DateTimeOffset.FromUnixTimeMilliseconds(Sample.Time)).InTime()).ShouldBeFalse("it changed just then");

        (await workflow.GetState().InTime())!.Version.ShouldBe(2);
        await ShouldBeClean(workflowId);
    }

    [Fact]
    public async Task Who_waits_for_a_workflow_that_is_deleted_is_told()
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
        (await Audit(workflowId)).Findings.Select(static finding => finding.Kind).Distinct().ShouldHaveSingleItem().ShouldBe(FindingKind.ListRow);

        await Silo.Execute("UPDATE baseline SET version = 9 WHERE workflow_id = @id", ("id", workflowId));
        (await Audit(workflowId)).Findings.ShouldContain(static finding => finding.Kind == FindingKind.Baseline);
    }

    [Fact]
    public async Task One_at_a_time_has_the_lead()
    {
        var first = await Store.TryLead(CancellationToken.None);
        first.ShouldNotBeNull();
        if (Silo.Settings.Provider == StorageProvider.Postgres)
            (await Store.TryLead(CancellationToken.None)).ShouldBeNull();

        await first.DisposeAsync();
        var second = await Store.TryLead(CancellationToken.None);
        await second.ShouldNotBeNull().DisposeAsync();
    }

    private static async Task Deactivate(IWorkflowGrain workflow) => await workflow.AsReference<IGrainManagementExtension>().DeactivateOnIdle();

    private Task<int> Trim(string workflowId, long throughSeq) => Trimmer.Trim(workflowId, throughSeq, long.MaxValue, CancellationToken.None).InTime();

    private async Task ShouldBeTombstone(string workflowId, long receipts)
    {
        await Should.ThrowAsync<WorkflowDeletedException>(Silo.Workflow(workflowId).GetState().InTime());
        await Should.ThrowAsync<WorkflowDeletedException>(Silo.NodeTask(workflowId, "n").GetState().InTime());
        (await Rows("workflow", workflowId)).ShouldBe(0);
        (await Rows("receipt", workflowId)).ShouldBe(receipts);
        (await Orphans()).ShouldNotContain(GrainKeys.Workflow(workflowId));
        await ShouldBeClean(workflowId);
        (await Silo.ReadModel.FindHorizon(workflowId, CancellationToken.None)).ShouldNotBeNull().IsDeleted.ShouldBeTrue();
    }

    /// <summary>A clock by which no receipt is too young to be removed.</summary>
    private sealed class InAnHour : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromHours(1);
    }
}

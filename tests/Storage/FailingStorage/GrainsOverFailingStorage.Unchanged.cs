using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.FailingStorage;

/// <summary>Notifications that change nothing.</summary>
public abstract partial class GrainsOverFailingStorage
{
    [Fact]
    public async Task Notifications_that_change_nothing_do_not_write_the_state_and_the_next_activation_knows_of_them()
    {
        var id = Sample.Unique("unchanged");
        var workflow = Silo.Workflow(id);
        await workflow.Receive(Receipts.Of(id, "finished"));
        foreach (var status in (string[])["finished", "running", "finished"])
            (await workflow.Receive(Receipts.Of(id, status))).Version.ShouldBe(1);

        var commits = Control.Batches.SelectMany(static batch => batch).Where(Of(id)).Select(static write => write.Commit).ToList();
        commits.Select(static commit => commit.State is null).ShouldBe([false, true, true, true]);
        commits.Select(static commit => commit.Version).ShouldBe([null, 1, 2, 3]);
        var before = await workflow.GetState();
        await Reactivate(id);
        (await workflow.GetState())!.LastReceivedAt.ShouldBe(before!.LastReceivedAt);

        (await workflow.Receive(Receipts.Of(id, "failed"))).ShouldSatisfyAllConditions(
            told => told.Version.ShouldBe(2), told => told.Effect.ShouldBe(ReceiptEffect.Conflict));
        (await Silo.Number("SELECT max(seq) FROM receipt WHERE workflow_id = @id", ("id", id))).ShouldBe(5);
        (await ReceiptRows(id)).ShouldBe(5);
    }

    [Fact]
    public async Task What_changes_nothing_while_a_commit_fails_is_not_acknowledged_and_goes_through_when_it_is_sent_again()
    {
        var id = Sample.Unique("unchanged");
        var workflow = Silo.Workflow(id);
        await workflow.Receive(Receipts.Of(id, "running"));
        Control.Fail(FailureTime.AfterCommit, Of(id));
        var receipt = Receipts.Of(id, "running");

        await Should.ThrowAsync<WorkflowUnavailableException>(workflow.Receive(receipt).InTime());
        Control.Heal();

        (await OnceReloaded(() => workflow.Receive(receipt))).ShouldBe(new Acknowledgement(receipt.Id, ReceiptEffect.Duplicate, 1));
        (await OnceReloaded(() => workflow.Receive(Receipts.Of(id, "finished")))).Version.ShouldBe(2);
        (await ReceiptRows(id)).ShouldBe(3);
    }
}

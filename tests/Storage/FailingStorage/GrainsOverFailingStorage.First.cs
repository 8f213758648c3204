using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.FailingStorage;

/// <summary>The first notification that an activation takes is folded before it is known whether anything is stored.</summary>
public abstract partial class GrainsOverFailingStorage
{
    [Fact]
    public async Task A_workflow_that_is_not_stored_is_written_without_being_looked_for()
    {
        var id = Sample.Unique("new");

        (await Silo.Workflow(id).Receive(Receipts.Of(id, "running"))).Version.ShouldBe(1);

        (await Silo.Workflow(id).GetState())!.Status.ShouldBe("running");
        (Control.ReadsOf(GrainKeys.Workflow(id)), Control.WritesOf(GrainKeys.Workflow(id))).ShouldBe((0, 1));
    }

    [Fact]
    public async Task A_workflow_that_is_stored_is_read_once_and_what_was_folded_is_folded_again()
    {
        var id = Sample.Unique("known");
        await using var silo = await StartAfter(async workflow =>
        {
            await workflow.Receive(Receipts.Of(id, "running"));
            await workflow.Receive(Receipts.Of(id, "finished"));
        }, id);
        var workflow = silo.Workflow(id);
        var held = silo.Control.Hold(Of(id));

        // The first opens the commit, the others wait for the next one, which is folded again too.
        var first = workflow.Receive(Receipts.Of(id, "running"));
        await held.Reached;
        var asked = silo.Admission.Asked;
        var (second, third) = (workflow.Receive(Receipts.Of(id, "failed")), workflow.Receive(Receipts.Of(id, "finished")));
        var reader = workflow.GetState();
        await Deadline.Until(() => silo.Admission.Asked - asked >= 2, "both arrive");
        held.Release();

        var answers = await Task.WhenAll(first, second, third).InTime();
        answers.Select(static answer => (answer.Effect, answer.Version)).ShouldBe(
            [(ReceiptEffect.Stale, 2), (ReceiptEffect.Conflict, 3), (ReceiptEffect.Duplicate, 3)]);
        (await reader.InTime())!.Version.ShouldBeInRange(2, 3);
        (await workflow.GetState())!.Contested.ShouldBe(["failed", "finished"], ignoreOrder: true);
        silo.Control.ReadsOf(GrainKeys.Workflow(id)).ShouldBe(1);
        (await silo.Number("SELECT count(*) FROM receipt WHERE workflow_id = @id AND seq BETWEEN 1 AND 5", ("id", id))).ShouldBe(5);
    }

    [Fact]
    public async Task A_deleted_workflow_that_is_told_of_again_stays_deleted()
    {
        var id = Sample.Unique("deleted");
        await using var silo = await StartAfter(async workflow =>
        {
            await workflow.Receive(Receipts.Of(id, "finished"));
            (await workflow.Delete(DateTimeOffset.MaxValue)).ShouldBeTrue();
        }, id);
        var workflow = silo.Workflow(id);

        (await workflow.Receive(Receipts.Of(id, "running"))).Effect.ShouldBe(ReceiptEffect.Stale);

        await Should.ThrowAsync<WorkflowDeletedException>(workflow.GetState);
    }

    /// <summary>A silo whose workflows are stored by one that has stopped.</summary>
    private async Task<SiloUnderTest> StartAfter(Func<IWorkflowGrain, Task> tell, string id)
    {
        var stopping = await fixture.StartAsync();
        await using (stopping)
            await tell(stopping.Workflow(id));

        return await SiloUnderTest.StartAsync(stopping.Settings);
    }
}

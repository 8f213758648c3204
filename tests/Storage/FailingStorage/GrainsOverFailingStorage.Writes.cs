using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.FailingStorage;

public abstract partial class GrainsOverFailingStorage
{
    [Theory]
    [InlineData("RolledBack", 1)]
    [InlineData("BeforeCommit", 1)]
    [InlineData("AfterCommit", 2)]
    public async Task After_a_failed_write_the_grain_refuses_until_it_has_reloaded(string failure, int versionThen)
    {
        var id = Sample.Unique("fault");
        var workflow = Silo.Workflow(id);
        await workflow.Receive(Receipts.Of(id, "running"));
        Control.Fail(Enum.Parse<FailureTime>(failure), Of(id));
        var held = Control.Hold(Of(id));

        var committing = Receipts.Of(id, "paused");
        var waiting = Receipts.Of(id, "finished");
        var first = await Send(workflow, committing);
        await held.Reached;
        var reader = workflow.WaitForState(new WaitCondition(3, null, TimeSpan.FromSeconds(4)));
        var second = await Send(workflow, waiting);
        held.Release();

        await Should.ThrowAsync<WorkflowUnavailableException>(first[0].InTime());
        await Should.ThrowAsync<WorkflowUnavailableException>(second[0].InTime());
        await Should.ThrowAsync<WorkflowUnavailableException>(reader.InTime());
        Control.WritesOf(GrainKeys.Workflow(id)).ShouldBe(2, "what waited behind a failed write is not written");
        Control.Heal();

        var state = (await OnceReloaded(workflow.GetState)).ShouldNotBeNull();
        (state.Version, state.Status).ShouldBe((versionThen, versionThen == 1 ? "running" : "paused"));

        (await OnceReloaded(() => workflow.Receive(committing))).ShouldBe(new Acknowledgement(committing.Id, ReceiptEffect.Advanced, 2));
        (await workflow.Receive(waiting)).ShouldBe(new Acknowledgement(waiting.Id, ReceiptEffect.Advanced, 3));
        (await ReceiptRows(id)).ShouldBe(3);
    }

    [Fact]
    public async Task A_state_that_another_activation_changed_is_read_and_what_came_is_folded_again()
    {
        var id = Sample.Unique("conflict");
        var workflow = Silo.Workflow(id);
        await workflow.Receive(Receipts.Of(id, "running"));
        await Silo.Execute("UPDATE orleansstorage SET version = version + 1 WHERE grainidextensionstring = @key", ("key", GrainKeys.Workflow(id)));

        (await workflow.Receive(Receipts.Of(id, "finished"))).Version.ShouldBe(2);

        (await ReceiptRows(id)).ShouldBe(2);
        Control.ReadsOf(GrainKeys.Workflow(id)).ShouldBe(1);
    }

    /// <summary>As in a race on PostgreSQL: the commit was overtaken while its statement ran, and does not know by what.</summary>
    [Fact]
    public async Task A_commit_that_was_overtaken_reads_what_is_stored_and_nothing_is_taken_for_empty_if_that_fails()
    {
        var id = Sample.Unique("overtaken");
        var workflow = Silo.Workflow(id);
        await workflow.Receive(Receipts.Of(id, "running"));
        Control.OvertakeOnce(Of(id));

        (await workflow.Receive(Receipts.Of(id, "paused"))).Version.ShouldBe(2);
        Control.ReadsOf(GrainKeys.Workflow(id)).ShouldBe(1);

        Control.OvertakeOnce(Of(id));
        Control.FailReads(read => read.Key.GrainKey == GrainKeys.Workflow(id));
        var receipt = Receipts.Of(id, "finished");
        await Should.ThrowAsync<WorkflowUnavailableException>(() => workflow.Receive(receipt).InTime());
        (await ReceiptRows(id)).ShouldBe(2);

        Control.Heal();
        (await OnceReloaded(() => workflow.Receive(receipt))).Version.ShouldBe(3);
        (await ReceiptRows(id)).ShouldBe(3);
    }

    [Fact]
    public async Task Readers_never_see_what_is_not_committed()
    {
        var id = Sample.Unique("uncommitted");
        var workflow = Silo.Workflow(id);
        await workflow.Receive(Receipts.Of(id, "running", ("n1", "running")));
        (await Silo.NodeTask(id, "n1").GetState()).ShouldNotBeNull();
        var held = Control.Hold(Of(id));

        var reader = workflow.WaitForState(new WaitCondition(null, WorkflowPhase.Ended, TimeSpan.FromSeconds(4)));
        var writing = await Send(workflow, Receipts.Of(id, "finished", ("n1", "finished"), ("n2", "running")));
        await held.Reached;

        var state = (await workflow.GetState()).ShouldNotBeNull();
        (state.Version, state.Status, state.Nodes.Length).ShouldBe((1, "running", 1));
        (await Silo.NodeTask(id, "n1").GetState())!.Status.ShouldBe("running");
        (await Silo.NodeTask(id, "n2").GetState()).ShouldBeNull();
        (await Silo.Number("SELECT version FROM workflow WHERE workflow_id = @id", ("id", id))).ShouldBe(1);
        (writing[0].IsCompleted, reader.IsCompleted).ShouldBe((false, false));

        held.Release();
        (await writing[0].InTime()).Version.ShouldBe(2);
        (await reader.InTime())!.Status.ShouldBe("finished");
        (await Silo.NodeTask(id, "n2").GetState())!.Status.ShouldBe("running");
    }

    [Fact]
    public async Task Nothing_is_seen_of_a_workflow_whose_first_write_has_not_ended()
    {
        var id = Sample.Unique("first");
        var workflow = Silo.Workflow(id);
        var held = Control.Hold(Of(id));
        var writing = await Send(workflow, Receipts.Of(id, "running"));
        await held.Reached;

        // What is stored is not known before: whether there is anything, the write itself will show.
        var reader = workflow.GetState();
        await Send(workflow, Receipts.Of(id, "finished"));
        reader.IsCompleted.ShouldBeFalse();

        held.Release();
        await writing[0].InTime();
        (await reader.InTime())!.Version.ShouldBe(1);
    }

    [Fact]
    public async Task Many_notifications_that_wait_for_one_workflow_share_a_commit()
    {
        var id = Sample.Unique("hot");
        var workflow = Silo.Workflow(id);
        var held = Control.Hold(Of(id));
        var first = await Send(workflow, Receipts.Of(id, "running"));
        await held.Reached;
        var rest = await Send(workflow, Enumerable.Range(0, 200).Select(i => Receipts.Of(id, i % 2 == 0 ? "paused" : "running")));
        held.Release();

        var answers = await Task.WhenAll([.. first, .. rest]).InTime();

        answers.Select(static answer => answer.Version).ShouldBe(Enumerable.Range(1, 201).Select(static version => (long)version));
        Control.WritesOf(GrainKeys.Workflow(id)).ShouldBe(2);
        (await ReceiptRows(id)).ShouldBe(201);
    }

    [Fact]
    public async Task What_is_not_let_in_changes_nothing()
    {
        var id = Sample.Unique("busy");
        var workflow = Silo.Workflow(id);
        Silo.Admission.IsFull = true;
        var receipt = Receipts.Of(id, "running");

        await Should.ThrowAsync<WorkflowBusyException>(() => workflow.Receive(receipt));

        (await workflow.GetState()).ShouldBeNull();
        Silo.Admission.IsFull = false;
        (await workflow.Receive(receipt)).Version.ShouldBe(1);
    }

    [Fact]
    public async Task A_state_that_cannot_be_read_is_not_taken_for_an_empty_one()
    {
        var id = Sample.Unique("unreadable");
        var workflow = Silo.Workflow(id);
        Control.FailReads(read => read.Key.GrainKey == GrainKeys.Workflow(id));

        await Should.ThrowAsync<WorkflowUnavailableException>(() => workflow.GetState().InTime());
        await Should.ThrowAsync<WorkflowUnavailableException>(() => workflow.Delete(DateTimeOffset.MaxValue).InTime());

        (await ReceiptRows(id)).ShouldBe(0);
        Control.Heal();
        (await workflow.GetState()).ShouldBeNull();
    }
}

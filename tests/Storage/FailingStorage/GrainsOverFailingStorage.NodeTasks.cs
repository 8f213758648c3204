using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.FailingStorage;

public abstract partial class GrainsOverFailingStorage
{
    [Fact]
    public async Task A_node_task_that_could_not_be_told_is_told_when_its_workflow_is_active_again()
    {
        var id = Sample.Unique("untold");
        await ReceiveWithoutTelling(Silo, id);

        await Reactivate(id);

        (await ToldStatus(Silo, id, "n1")).ShouldBeNull("it still fails");
        Control.Heal();
        await Reactivate(id);
        await Deadline.Until(async () => await ToldStatus(Silo, id, "n1") == "running", "the node task is told");
    }

    [Fact]
    public async Task A_node_task_that_could_not_be_told_is_told_after_a_restart_of_the_silo()
    {
        var id = Sample.Unique("untold");
        var stopping = await fixture.StartAsync();
        await using (stopping)
            await ReceiveWithoutTelling(stopping, id);

        await using var silo = await SiloUnderTest.StartAsync(stopping.Settings);
        (await ToldStatus(silo, id, "n1")).ShouldBeNull();
        (await silo.Workflow(id).GetState())!.Version.ShouldBe(1);
        await Deadline.Until(async () => await ToldStatus(silo, id, "n1") == "running", "the node task is told");
    }

    [Fact]
    public async Task A_node_task_that_could_not_be_told_is_told_by_a_timer()
    {
        var id = Sample.Unique("untold");
        await ReceiveWithoutTelling(Silo, id);
        Control.Heal();

        await Deadline.Until(async () => await ToldStatus(Silo, id, "n1") == "running", "the node task is told");
    }

    [Fact]
    public async Task A_node_task_refuses_as_long_as_it_cannot_be_written_and_then_asks_its_workflow()
    {
        var id = Sample.Unique("node");
        await ReceiveWithoutTelling(Silo, id);

        await Should.ThrowAsync<WorkflowUnavailableException>(() => Silo.NodeTask(id, "n1").GetState());
        (await Silo.NodeTask(id, "n2").GetState())!.Status.ShouldBe("paused");

        Control.Heal();
        var state = (await OnceReloaded(Silo.NodeTask(id, "n1").GetState)).ShouldNotBeNull();
        (state.Status, state.Version).ShouldBe(("running", 1));
        (await ToldStatus(Silo, id, "n1")).ShouldBe("running");
    }

    [Fact]
    public async Task A_node_task_keeps_the_latest_that_it_was_told()
    {
        var id = Sample.Unique("node");
        var node = Silo.NodeTask(id, "n1");
        await node.Learn(new NodeTaskView { NodetaskId = "n1", Status = "paused", Version = 7 });
        await node.Learn(new NodeTaskView { NodetaskId = "n1", Status = "running", Version = 6 });

        (await node.GetState())!.Status.ShouldBe("paused");
        Control.WritesOf(GrainKeys.NodeTask(id, "n1")).ShouldBe(1);
    }

    /// <summary>Delivers a notification of two node tasks of which the first cannot be written.</summary>
    private static async Task ReceiveWithoutTelling(SiloUnderTest silo, string id)
    {
        silo.Control.Fail(FailureTime.RolledBack, Of(id, "n1"));

        var answer = await silo.Workflow(id).Receive(Receipts.Of(id, "running", ("n1", "running"), ("n2", "paused")));

        answer.Effect.ShouldBe(ReceiptEffect.Advanced);
        (await silo.StoredWorkflow(id)).Untold.ShouldContain("n1");
        (await ToldStatus(silo, id, "n1")).ShouldBeNull();
        (await ToldStatus(silo, id, "n2")).ShouldBe("paused");
    }

    private static async Task<string?> ToldStatus(SiloUnderTest silo, string id, string node) =>
        (await silo.StoredNodeTask(id, node)).Decided?.Status;
}

using Microsoft.Extensions.DependencyInjection;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.FailingStorage;

public abstract partial class GrainsOverFailingStorage
{
    [Fact]
    public async Task A_node_task_is_told_of_changes_once_somebody_has_asked_for_it()
    {
        var id = Sample.Unique("follow");
        await Receive(Silo, id, "not started");
        (await Silo.StoredWorkflow(id)).Followed.ShouldBeEmpty();

        (await NodeStatus(Silo, id)).ShouldBe("not started");
        (await Silo.StoredWorkflow(id)).Followed.ShouldBe(["n1"]);

        await Receive(Silo, id, "running");
        (await NodeStatus(Silo, id)).ShouldBe("running", "it knows before the notification is acknowledged");
        (await Silo.NodeTask(id, "n2").GetState())!.Status.ShouldBe("paused");
        (await Silo.NodeTask(id, "unknown").GetState()).ShouldBeNull();
    }

    [Fact]
    public async Task A_node_task_that_was_unknown_is_known_as_soon_as_its_workflow_knows_it()
    {
        var id = Sample.Unique("follow");
        (await NodeStatus(Silo, id)).ShouldBeNull();

        await Receive(Silo, id, "running");

        (await NodeStatus(Silo, id)).ShouldBe("running");
    }

    [Fact]
    public async Task A_node_task_does_not_take_a_late_report_for_the_latest()
    {
        var id = Sample.Unique("late");
        await Receive(Silo, id, "not started");
        var report = (await Silo.Workflow(id).GetState())!.Nodes.Single(static node => node.NodetaskId == "n1");
        await Receive(Silo, id, "running");

        await Silo.NodeTask(id, "n1").Learn(report);

        (await NodeStatus(Silo, id)).ShouldBe("running");
    }

    [Fact]
    public async Task Who_follows_is_known_to_the_next_activation()
    {
        var id = Sample.Unique("follow");
        await Receive(Silo, id, "not started");
        (await NodeStatus(Silo, id)).ShouldBe("not started");

        await Reactivate(id);
        await Receive(Silo, id, "running");

        (await NodeStatus(Silo, id)).ShouldBe("running");
    }

    [Fact]
    public async Task A_node_task_does_not_answer_as_long_as_its_following_is_not_durable()
    {
        var id = Sample.Unique("follow");
        await Receive(Silo, id, "running");
        var held = Control.Hold(Of(id));

        var asking = Silo.NodeTask(id, "n1").GetState();
        await held.Reached;
        asking.IsCompleted.ShouldBeFalse();
        Control.Fail(FailureTime.RolledBack, Of(id));
        held.Release();

        await Should.ThrowAsync<WorkflowUnavailableException>(asking.InTime());
        Control.Heal();
        (await OnceReloaded(Silo.NodeTask(id, "n1").GetState))!.Status.ShouldBe("running");
        (await Silo.Workflow(id).GetState())!.Version.ShouldBe(1, "to follow changes nothing");
        (await ReceiptRows(id)).ShouldBe(1);
    }

    [Fact]
    public async Task A_node_task_that_could_not_be_told_is_told_by_a_timer()
    {
        var deafness = new Deafness();
        await using var silo = await fixture.StartAsync(services => services.AddSingleton<IIncomingGrainCallFilter>(deafness));
        var id = await ReceiveWithoutTelling(silo, deafness);

        deafness.Is = false;

        await Deadline.Until(async () => await NodeStatus(silo, id) == "running", "the node task is told");
        await Receive(silo, id, "running");
        (await silo.StoredWorkflow(id)).Untold.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_node_task_that_could_not_be_told_is_told_by_the_next_activation_of_its_workflow()
    {
        var deafness = new Deafness();
        await using var silo = await fixture.StartAsync(services => services.AddSingleton<IIncomingGrainCallFilter>(deafness));
        var id = await ReceiveWithoutTelling(silo, deafness);
        await Deactivate(silo, id);

        deafness.Is = false;
        (await silo.Workflow(id).GetState())!.Version.ShouldBe(2);

        await Deadline.Until(async () => await NodeStatus(silo, id) == "running", "the node task is told");
    }

    [Fact]
    public async Task A_node_task_writes_the_latest_that_it_was_told_once()
    {
        var id = Sample.Unique("node");
        var node = Silo.NodeTask(id, "n1");
        await node.Learn(new NodeTaskView { NodetaskId = "n1", Status = "scheduled", Version = 5 });
        await node.Learn(new NodeTaskView { NodetaskId = "n1", Status = "paused", Version = 7 });
        await node.Learn(new NodeTaskView { NodetaskId = "n1", Status = "running", Version = 6 });

        (await node.GetState())!.Status.ShouldBe("paused");
        await Deadline.Until(async () => await WrittenStatus(Silo, id) == "paused", "the row is written");
        Control.WritesOf(GrainKeys.NodeTask(id, "n1")).ShouldBe(1);
    }

    [Fact]
    public async Task A_node_task_that_cannot_be_written_answers_and_is_written_later()
    {
        var id = Sample.Unique("node");
        await Receive(Silo, id, "running");
        Control.Fail(FailureTime.AfterCommit, Of(id, "n1"));

        (await NodeStatus(Silo, id)).ShouldBe("running");
        await Deadline.Until(() => Control.WritesOf(GrainKeys.NodeTask(id, "n1")) > 1, "it is tried again");
        (await NodeStatus(Silo, id)).ShouldBe("running");
        await Receive(Silo, id, "finished");
        Control.Heal();

        await Deadline.Until(async () => await WrittenStatus(Silo, id) == "finished", "the row is written");
        (await NodeStatus(Silo, id)).ShouldBe("finished");
    }

    [Fact]
    public async Task What_a_node_task_was_told_is_written_when_the_silo_stops()
    {
        var id = Sample.Unique("node");
        var stopping = await fixture.StartAsync();
        await using (stopping)
        {
            await Receive(stopping, id, "running");
            (await NodeStatus(stopping, id)).ShouldBe("running");
        }

        await using var silo = await SiloUnderTest.StartAsync(stopping.Settings);
        (await WrittenStatus(silo, id)).ShouldBe("running");
        await Receive(silo, id, "finished");
        (await NodeStatus(silo, id)).ShouldBe("finished");
        await Deadline.Until(async () => await WrittenStatus(silo, id) == "finished", "the row of another activation is replaced");
    }

    /// <summary>Delivers a change to a workflow whose node task follows it and cannot be told.</summary>
    private static async Task<string> ReceiveWithoutTelling(SiloUnderTest silo, Deafness deafness)
    {
        var id = Sample.Unique("untold");
        await Receive(silo, id, "not started");
        (await NodeStatus(silo, id)).ShouldBe("not started");

        deafness.Is = true;
        await Receive(silo, id, "running");

        (await silo.StoredWorkflow(id)).Untold.ShouldBe(["n1"]);
        (await NodeStatus(silo, id)).ShouldBe("not started");
        return id;
    }

    private static async Task Receive(SiloUnderTest silo, string id, string status) =>
        await silo.Workflow(id).Receive(Receipts.Of(id, "running", ("n1", status), ("n2", "paused")));

    private static async Task<string?> NodeStatus(SiloUnderTest silo, string id) => (await silo.NodeTask(id, "n1").GetState())?.Status;

    private static async Task<string?> WrittenStatus(SiloUnderTest silo, string id) => (await silo.StoredNodeTask(id, "n1")).Decided?.Status;

    /// <summary>Keeps node tasks from being told.</summary>
    private sealed class Deafness : IIncomingGrainCallFilter
    {
        private volatile bool _is;

        public bool Is
        {
            set => _is = value;
        }

        public Task Invoke(IIncomingGrainCallContext context) =>
            _is && context.MethodName == nameof(INodeTaskGrain.Learn) ? throw new TimeoutException("Nobody hears.") : context.Invoke();
    }
}

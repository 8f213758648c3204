using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.FailingStorage;

public abstract partial class GrainsOverFailingStorage
{
    [Fact]
    public async Task A_node_task_shows_what_its_workflow_has_committed_and_a_read_writes_nothing()
    {
        var id = Sample.Unique("asked");
        foreach (var status in (string[])["not started", "running", "finished"])
        {
            await Receive(Silo, id, status);
            (await NodeStatus(Silo, id)).ShouldBe(status);
        }

        (await Silo.NodeTask(id, "n2").GetState())!.Status.ShouldBe("paused");
        (await Silo.NodeTask(id, "unknown").GetState()).ShouldBeNull();
        Control.WritesOf(GrainKeys.Workflow(id)).ShouldBe(3, "one for each notification");
        (await Silo.Number("SELECT count(*) FROM orleansstorage WHERE grainidextensionstring LIKE 'node/%'"))
            .ShouldBe(0);
    }

    [Fact]
    public async Task A_node_task_that_was_unknown_is_known_as_soon_as_its_workflow_knows_it()
    {
        var id = Sample.Unique("asked");
        (await NodeStatus(Silo, id)).ShouldBeNull();

        await Receive(Silo, id, "running");

        (await NodeStatus(Silo, id)).ShouldBe("running");
    }

    [Fact]
    public async Task A_node_task_asks_the_next_activation_of_its_workflow()
    {
        var id = Sample.Unique("asked");
        await Receive(Silo, id, "not started");
        (await NodeStatus(Silo, id)).ShouldBe("not started");

        await Deactivate(Silo, id);
        (await NodeStatus(Silo, id)).ShouldBe("not started");
        await Reactivate(id);
        await Receive(Silo, id, "running");

        (await NodeStatus(Silo, id)).ShouldBe("running");
    }

    [Fact]
    public async Task A_node_task_does_not_answer_if_its_workflow_does_not()
    {
        var id = Sample.Unique("asked");
        await Receive(Silo, id, "running");
        (await NodeStatus(Silo, id)).ShouldBe("running");
        Control.Fail(FailureTime.RolledBack, Of(id));
        await Should.ThrowAsync<WorkflowUnavailableException>(Receive(Silo, id, "finished").InTime());
        Control.FailReads(read => read.Key.GrainKey == GrainKeys.Workflow(id));

        await Should.ThrowAsync<WorkflowUnavailableException>(NodeStatus(Silo, id).InTime());

        Control.Heal();
        (await OnceReloaded(() => NodeStatus(Silo, id))).ShouldBe("running");
    }

    [Fact]
    public async Task A_state_of_the_time_when_node_tasks_were_told_is_read_and_written_without_what_it_kept_of_them()
    {
        const string Followed = "\"d\":[\"n1\",\"n2\"]", Untold = "\"u\":[\"n1\"]";
        var id = Sample.Unique("earlier");
        var stopping = await fixture.StartAsync();
        await using (stopping)
        {
            await Receive(stopping, id, "running");
            var earlier = (await Payload(stopping, id))[..^1] + $",{Followed},{Untold}}}";
            await stopping.Execute(
                "UPDATE orleansstorage SET payloadbinary = @payload WHERE grainidextensionstring = @key",
                ("payload", Encoding.UTF8.GetBytes(earlier)),
                ("key", GrainKeys.Workflow(id)));
        }

        await using var silo = await SiloUnderTest.StartAsync(stopping.Settings);
        (await NodeStatus(silo, id)).ShouldBe("running");
        (await Payload(silo, id)).ShouldEndWith($",{Followed},{Untold}}}");
        await Receive(silo, id, "finished");

        (await NodeStatus(silo, id)).ShouldBe("finished");
        var payload = await Payload(silo, id);
        payload.ShouldNotContain(Followed);
        payload.ShouldNotContain(Untold);
        (await silo.StoredWorkflow(id)).Workflow!.Version.ShouldBe(2);
    }

    private static async Task Receive(SiloUnderTest silo, string id, string status) =>
        await silo.Workflow(id).Receive(Receipts.Of(id, "running", ("n1", status), ("n2", "paused")));

    private static async Task<string> Payload(SiloUnderTest silo, string id)
    {
        var snapshots = silo.Services.GetRequiredService<IWorkflowSnapshots>();
        await using var moment = await snapshots.Open(CancellationToken.None);
        var name = new GrainStateName(StateNames.Workflow, GrainKeys.Workflow(id));
        return Encoding.UTF8.GetString((await moment.FindState(name, CancellationToken.None))!);
    }

    private static async Task<string?> NodeStatus(SiloUnderTest silo, string id) =>
        (await silo.NodeTask(id, "n1").GetState())?.Status;
}

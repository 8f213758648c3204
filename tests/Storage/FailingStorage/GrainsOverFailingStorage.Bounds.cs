using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.FailingStorage;

public abstract partial class GrainsOverFailingStorage
{
    [Fact]
    public async Task What_waits_for_one_workflow_is_bounded_and_leaves_room_for_others()
    {
        await using var silo = await fixture.StartAsync(change: static settings => settings with { MostWaitingOfWorkflow = 2 });
        var hot = silo.Workflow("hot");
        var held = silo.Control.Hold(Of("hot"));
        List<Task<Acknowledgement>> taken = [hot.Receive(Receipts.Of("hot", "running"))];
        await held.Reached;
        foreach (var status in (string[])["paused", "running"])
        {
            var asked = silo.Admission.Asked;
            taken.Add(hot.Receive(Receipts.Of("hot", status)));
            await Deadline.Until(() => silo.Admission.Asked > asked, "it arrives");
        }

        await Should.ThrowAsync<WorkflowBusyException>(() => hot.Receive(Receipts.Of("hot", "finished")));
        var other = silo.Workflow("other").Receive(Receipts.Of("other", "running"));
        held.Release();

        (await other.InTime()).Version.ShouldBe(1);
        (await Task.WhenAll(taken).InTime()).Select(static answer => answer.Version).ShouldBe([1, 2, 3]);
        (await hot.Receive(Receipts.Of("hot", "finished"))).Version.ShouldBe(4);
    }

    [Fact]
    public async Task Callers_that_wait_for_one_workflow_are_bounded()
    {
        const int Most = 1024;
        var workflow = Silo.Workflow(Sample.Unique("awaited"));
        var condition = new WaitCondition(1, null, TimeSpan.FromSeconds(3));

        var answers = await Task.WhenAll(Enumerable.Range(0, Most + 10).Select(async _ =>
        {
            try
            {
                await workflow.WaitForState(condition);
                return false;
            }
            catch (WorkflowBusyException)
            {
                return true;
            }
        })).InTime();

        answers.Count(static busy => busy).ShouldBe(10);
        (await workflow.WaitForState(condition with { AtMost = TimeSpan.Zero })).ShouldBeNull();
    }
}

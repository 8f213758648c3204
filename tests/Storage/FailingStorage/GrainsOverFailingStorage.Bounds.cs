using Microsoft.Extensions.DependencyInjection;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.GroupCommit;
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
    public async Task The_bytes_that_wait_are_bounded_and_small_notifications_are_taken_beyond_them()
    {
        const int Size = 80 * 1024 * 1024;
        const int Most = 256 * 1024 * 1024 / Size;
        var body = new byte[Size];
        var held = Control.Hold(static write => write.Size >= Size);
        var committer = Silo.Services.GetRequiredService<GroupCommitter>();
        var large = new List<Task<Acknowledgement>>();
        while (large.Count < Most)
        {
            var id = Sample.Unique("large");
            large.AddRange(await Send(Silo.Workflow(id), Large(id)));
            await Deadline.Until(() => committer.WaitingBytes >= (long)Size * large.Count, "it counts");
        }

        var last = Sample.Unique("large");
        await Should.ThrowAsync<WorkflowBusyException>(() => Silo.Workflow(last).Receive(Large(last)));
        var small = Sample.Unique("small");
        var taken = (await Send(Silo.Workflow(small), Receipts.Of(small, "running"))).Single();
        await Release(held, large);

        (await taken.InTime()).Version.ShouldBe(1);
        var smaller = Large(last) with { Body = new byte[100 * 1024] };
        (await Silo.Workflow(last).Receive(smaller).InTime()).Version.ShouldBe(1);

        NotificationReceipt Large(string id) => Receipts.Of(id, "running") with { Body = body };
    }

    [Fact]
    public async Task The_bytes_that_wait_for_one_workflow_are_bounded()
    {
        var (id, body) = (Sample.Unique("wide"), new byte[30 * 1024 * 1024]);
        var workflow = Silo.Workflow(id);
        var held = Control.Hold(Of(id));
        var first = await Send(workflow, Receipts.Of(id, "running"));
        await held.Reached;
        var waiting = await Send(
            workflow, Receipts.Of(id, "paused") with { Body = body }, Receipts.Of(id, "running") with { Body = body });

        await Should.ThrowAsync<WorkflowBusyException>(
            () => workflow.Receive(Receipts.Of(id, "paused") with { Body = body }));
        await Release(held, [.. first, .. waiting]);
    }

    /// <summary>Lets commits go on and fail, so that so many bytes need not be written. They were all taken.</summary>
    private async Task Release(HeldCommit held, params IEnumerable<Task<Acknowledgement>> taken)
    {
        Control.Fail(FailureTime.RolledBack, held.Which);
        held.Release();
        foreach (var call in taken)
            await Should.ThrowAsync<WorkflowUnavailableException>(call).InTime();

        Control.Heal();
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

using System.Reflection;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Core.Internal;
using Orleans.Workflow.Grains.Audit;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Receipts;
using Orleans.Workflow.Storage.Commit;
using Orleans.Workflow.Storage.Tests.Facts;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.FailingStorage;

/// <summary>What the grains do when their storage does not do as it should. In a silo of the product.</summary>
public abstract class GrainsOverFailingStorage(SiloFixture fixture) : IDisposable
{
    private SiloUnderTest Silo => fixture.Silo;

    private ControlledDatabase Control => Silo.Control;

    /// <summary>Leaves the shared silo as it was.</summary>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        Control.Heal();
        Silo.Admission.IsFull = false;
        Silo.Fence.IsOpen = true;
    }

    private static Func<StateWrite, bool> Of(string workflowId) =>
        write => write.Key.GrainKey == GrainKeys.Workflow(workflowId);

    /// <summary>Calls until the grain has reloaded its state. Until then it must say so, and nothing else.</summary>
    private static async Task<T> OnceReloaded<T>(Func<Task<T>> call)
    {
        T answer = default!;
        await Deadline.Until(
            async () =>
            {
                try
                {
                    answer = await call();
                    return true;
                }
                catch (WorkflowUnavailableException)
                {
                    return false;
                }
            },
            "the grain serves again"
        );
        return answer;
    }

    /// <summary>Sends notifications and waits until their grain has folded them all.</summary>
    private async Task<List<Task<Acknowledgement>>> Send(
        IWorkflowGrain workflow,
        params IEnumerable<NotificationReceipt> receipts
    )
    {
        var before = Silo.Admission.Asked;
        var calls = receipts.Select(workflow.Receive).ToList();
        await Deadline.Until(() => Silo.Admission.Asked - before >= calls.Count, $"{calls.Count} notifications arrive");
        return calls;
    }

    private Task<long> ReceiptRows(string workflowId) =>
        Silo.Number("SELECT count(*) FROM receipt WHERE workflow_id = @id", ("id", workflowId));

    private static async Task Deactivate(SiloUnderTest silo, string workflowId) =>
        await silo.Workflow(workflowId).AsReference<IGrainManagementExtension>().DeactivateOnIdle();

    /// <summary>Deactivates a workflow's grain and waits until its next activation has read the state.</summary>
    private async Task Reactivate(string workflowId)
    {
        var (workflow, key) = (Silo.Workflow(workflowId), GrainKeys.Workflow(workflowId));
        var reads = Control.ReadsOf(key);
        await Deactivate(Silo, workflowId);
        await Deadline.Until(
            async () =>
            {
                await workflow.GetState();
                return Control.ReadsOf(key) > reads;
            },
            "the grain is activated again"
        );
    }

    // An activation that is ahead of its database, as after a failover to a standby that was behind.

    [Theory]
    [InlineData("failed", 0)]
    [InlineData("paused", 0)]
    [InlineData("failed", 1)]
    [InlineData("paused", 1)]
    public async Task An_activation_that_is_ahead_of_its_database_goes_on_from_what_is_stored(string status, int trims)
    {
        var id = Sample.Unique("ahead");
        var workflow = Silo.Workflow(id);
        foreach (var word in (string[])["running", "paused", "running"])
            await workflow.Receive(Receipts.Of(id, word, ("n", word)));

        await Silo.Execute(
            "CREATE TABLE standby AS SELECT * FROM orleansstorage WHERE grainidextensionstring = @key",
            ("key", GrainKeys.Workflow(id))
        );
        foreach (var word in (string[])["finished", "failed"])
            await workflow.Receive(Receipts.Of(id, word, ("n", word), ("lost", word)));

        await FailOver(id, lastSeq: 3);
        for (var trim = 0; trim < trims; trim++)
            (await Trim(id)).ShouldBe(1, "retention continues beside it");

        // The activation shows what was lost until it commits; then it continues from the stored state.
        var answer = await OnceReloaded(() => workflow.Receive(Receipts.Of(id, status)));

        answer.Version.ShouldBe(4);
        (await Silo.Number("SELECT max(seq) FROM receipt WHERE workflow_id = @id", ("id", id))).ShouldBe(4);
        (await ReceiptRows(id)).ShouldBe(4 - trims, "no place is left out");
        var state = (await OnceReloaded(workflow.GetState)).ShouldNotBeNull();
        (state.Version, state.Status, state.Nodes.Length).ShouldBe((4, status, 1));
        await ShouldBeSound(id);
        await Reactivate(id);
        (await workflow.GetState())!.Status.ShouldBe(status);
        await ShouldBeSound(id);
    }

    /// <summary>Receipts that change nothing would keep the stored state, which is not the one in memory.</summary>
    [Fact]
    public async Task A_receipt_that_changes_nothing_for_an_activation_that_is_ahead_changes_the_stored_state()
    {
        var id = Sample.Unique("ahead");
        var workflow = Silo.Workflow(id);
        await workflow.Receive(Receipts.Of(id, "running"));
        await Silo.Execute(
            "CREATE TABLE standby AS SELECT * FROM orleansstorage WHERE grainidextensionstring = @key",
            ("key", GrainKeys.Workflow(id))
        );
        await workflow.Receive(Receipts.Of(id, "finished"));
        await FailOver(id, lastSeq: 1);

        var answer = await OnceReloaded(() => workflow.Receive(Receipts.Of(id, "finished")));

        (answer.Effect, answer.Version).ShouldBe((ReceiptEffect.Advanced, 2));
        (await workflow.GetState())!.Status.ShouldBe("finished");
        await ShouldBeSound(id);
    }

    /// <summary>Puts a workflow back to what the standby had of it.</summary>
    private async Task FailOver(string id, long lastSeq)
    {
        await Silo.Execute("DELETE FROM receipt WHERE workflow_id = @id AND seq > @seq", ("id", id), ("seq", lastSeq));
        await Silo.Execute("DELETE FROM change_trimmed WHERE workflow_id = @id", ("id", id));
        await Silo.Execute(
            "DELETE FROM orleansstorage WHERE grainidextensionstring = @key",
            ("key", GrainKeys.Workflow(id))
        );
        await Silo.Execute("INSERT INTO orleansstorage SELECT * FROM standby");
        await Silo.Execute("DROP TABLE standby");
    }

    private async Task<int> Trim(string id)
    {
        var held = await Silo.Number("SELECT min(seq) FROM receipt WHERE workflow_id = @id", ("id", id));
        return await Silo
            .Services.GetRequiredService<ReceiptTrimmer>()
            .Trim(id, held, long.MaxValue, CancellationToken.None);
    }

    private async Task ShouldBeSound(string id)
    {
        await using var snapshot = await Silo
            .Services.GetRequiredService<IWorkflowSnapshots>()
            .Open(CancellationToken.None);
        (
            await Silo.Services.GetRequiredService<WorkflowAuditor>().Audit(snapshot, id, CancellationToken.None)
        ).Findings.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_queue_of_one_workflow_is_bounded_and_leaves_room_for_others()
    {
        await using var silo = await fixture.StartAsync(change: static settings =>
            settings with
            {
                MaxWaitingOfWorkflow = 2,
            }
        );
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
        var waiting = Silo.Services.GetRequiredService<WaitingWrites>();
        var large = new List<Task<Acknowledgement>>();
        while (large.Count < Most)
        {
            var id = Sample.Unique("large");
            large.AddRange(await Send(Silo.Workflow(id), Large(id)));
            await Deadline.Until(() => waiting.Bytes >= (long)Size * large.Count, "it counts");
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
            workflow,
            Receipts.Of(id, "paused") with
            {
                Body = body,
            },
            Receipts.Of(id, "running") with
            {
                Body = body,
            }
        );

        await Should.ThrowAsync<WorkflowBusyException>(() =>
            workflow.Receive(Receipts.Of(id, "paused") with { Body = body })
        );
        await Release(held, [.. first, .. waiting]);
    }

    /// <summary>Lets the waiting commits fail, so that their many bytes are not written.</summary>
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

        var answers = await Task.WhenAll(
                Enumerable
                    .Range(0, Most + 10)
                    .Select(async _ =>
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
                    })
            )
            .InTime();

        answers.Count(static busy => busy).ShouldBe(10);
        (await workflow.WaitForState(condition with { AtMost = TimeSpan.Zero })).ShouldBeNull();
    }

    [Fact]
    public async Task A_silo_that_may_have_been_declared_dead_answers_no_call()
    {
        var id = Sample.Unique("fenced");
        await Receive(Silo, id, "running");
        Silo.Fence.IsOpen = false;

        foreach (var method in typeof(IWorkflowGrain).GetMethods())
            await Refuses(method, Silo.Workflow(id));

        foreach (var method in typeof(INodeTaskGrain).GetMethods())
            await Refuses(method, Silo.NodeTask(id, "n1"));

        Silo.Fence.IsOpen = true;
        (await Silo.Workflow(id).GetState())!.Version.ShouldBe(1);
        (await NodeStatus(Silo, id)).ShouldBe("running");

        async Task Refuses(MethodInfo method, IGrain grain)
        {
            var arguments = Array.ConvertAll(method.GetParameters(), parameter => Argument(parameter.ParameterType));
            await Should.ThrowAsync<WorkflowUnavailableException>(
                () => ((Task)method.Invoke(grain, arguments)!).InTime(),
                $"{method.DeclaringType!.Name}.{method.Name} must ask the fence"
            );
        }

        object Argument(Type type) =>
            type == typeof(NotificationReceipt) ? Receipts.Of(id, "finished")
            : type == typeof(FactReceipt) ? Calls.Receipt(id, Calls.Of("1", "2"))
            : type == typeof(WaitCondition) ? new WaitCondition(2, null, TimeSpan.FromMilliseconds(1))
            : type == typeof(DateTimeOffset) ? DateTimeOffset.MaxValue
            : type == typeof(string) ? "n1"
            : throw new NotSupportedException($"Say here what to give for a {type}.");
    }

    // The first notification that an activation takes is folded before it is known whether anything is stored.

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
        await using var silo = await StartAfter(
            async workflow =>
            {
                await workflow.Receive(Receipts.Of(id, "running"));
                await workflow.Receive(Receipts.Of(id, "finished"));
            },
            id
        );
        var workflow = silo.Workflow(id);
        var held = silo.Control.Hold(Of(id));

        // The first opens the commit, the others wait for the next one, which is folded again too.
        var first = workflow.Receive(Receipts.Of(id, "running"));
        await held.Reached;
        var asked = silo.Admission.Asked;
        var (second, third) = (
            workflow.Receive(Receipts.Of(id, "failed")),
            workflow.Receive(Receipts.Of(id, "finished"))
        );
        var reader = workflow.GetState();
        await Deadline.Until(() => silo.Admission.Asked - asked >= 2, "both arrive");
        held.Release();

        var answers = await Task.WhenAll(first, second, third).InTime();
        answers
            .Select(static answer => (answer.Effect, answer.Version))
            .ShouldBe([(ReceiptEffect.Stale, 2), (ReceiptEffect.Conflict, 3), (ReceiptEffect.Duplicate, 3)]);
        (await reader.InTime())!.Version.ShouldBeInRange(2, 3);
        (await workflow.GetState())!.Contested.ShouldBe(["failed", "finished"], ignoreOrder: true);
        silo.Control.ReadsOf(GrainKeys.Workflow(id)).ShouldBe(1);
        (
            await silo.Number(
                "SELECT count(*) FROM receipt WHERE workflow_id = @id AND seq BETWEEN 1 AND 5",
                ("id", id)
            )
        ).ShouldBe(5);
    }

    [Fact]
    public async Task A_deleted_workflow_stays_deleted_when_it_is_reported_again()
    {
        var id = Sample.Unique("deleted");
        await using var silo = await StartAfter(
            async workflow =>
            {
                await workflow.Receive(Receipts.Of(id, "finished"));
                (await workflow.Delete(DateTimeOffset.MaxValue)).ShouldBeTrue();
            },
            id
        );
        var workflow = silo.Workflow(id);

        (await workflow.Receive(Receipts.Of(id, "running"))).Effect.ShouldBe(ReceiptEffect.Stale);

        await Should.ThrowAsync<WorkflowDeletedException>(workflow.GetState);
    }

    /// <summary>A silo that finds the workflows of a silo that has stopped.</summary>
    private async Task<SiloUnderTest> StartAfter(Func<IWorkflowGrain, Task> report, string id)
    {
        var stopping = await fixture.StartAsync();
        await using (stopping)
            await report(stopping.Workflow(id));

        return await SiloUnderTest.StartAsync(stopping.Settings);
    }

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
        (await Silo.Number("SELECT count(*) FROM orleansstorage WHERE grainidextensionstring LIKE 'node/%'")).ShouldBe(
            0
        );
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
    public async Task A_state_with_the_old_fields_of_node_tasks_is_read_and_written_without_them()
    {
        const string Followed = "\"d\":[\"n1\",\"n2\"]",
            Unsent = "\"u\":[\"n1\"]";
        var id = Sample.Unique("earlier");
        var stopping = await fixture.StartAsync();
        await using (stopping)
        {
            await Receive(stopping, id, "running");
            var earlier = (await Payload(stopping, id))[..^1] + $",{Followed},{Unsent}}}";
            await stopping.Execute(
                "UPDATE orleansstorage SET payloadbinary = @payload WHERE grainidextensionstring = @key",
                ("payload", Encoding.UTF8.GetBytes(earlier)),
                ("key", GrainKeys.Workflow(id))
            );
        }

        await using var silo = await SiloUnderTest.StartAsync(stopping.Settings);
        (await NodeStatus(silo, id)).ShouldBe("running");
        (await Payload(silo, id)).ShouldEndWith($",{Followed},{Unsent}}}");
        await Receive(silo, id, "finished");

        (await NodeStatus(silo, id)).ShouldBe("finished");
        var payload = await Payload(silo, id);
        payload.ShouldNotContain(Followed);
        payload.ShouldNotContain(Unsent);
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

    [Fact]
    public async Task A_receipt_that_is_delivered_again_while_it_is_committed_answers_its_first_effect()
    {
        var id = Sample.Unique("again");
        var workflow = Silo.Workflow(id);
        var held = Control.Hold(Of(id));
        var (committing, waiting) = (Receipts.Of(id, "running"), Receipts.Of(id, "finished"));
        var first = await Send(workflow, committing);
        await held.Reached;
        var second = await Send(workflow, waiting);

        var again = new[] { workflow.Receive(committing), workflow.Receive(waiting) };
        held.Release();

        (await again[0].InTime()).ShouldBe(await first[0]);
        (await again[1].InTime()).ShouldBe(await second[0]);
        (await first[0], await second[0]).ShouldBe(
            (
                new Acknowledgement(committing.Id, ReceiptEffect.Advanced, 1),
                new Acknowledgement(waiting.Id, ReceiptEffect.Advanced, 2)
            )
        );
        (await ReceiptRows(id)).ShouldBe(2);
    }

    [Fact]
    public async Task A_receipt_that_is_delivered_again_later_answers_its_first_effect()
    {
        var id = Sample.Unique("again");
        var workflow = Silo.Workflow(id);
        var (early, late) = (Receipts.Of(id, "running"), Receipts.Of(id, "finished"));
        var (first, second) = (await workflow.Receive(early), await workflow.Receive(late));

        (await workflow.Receive(early)).ShouldBe(first);
        await Reactivate(id);
        (await workflow.Receive(late)).ShouldBe(second);

        (await workflow.GetState())!.Version.ShouldBe(2);
        (await ReceiptRows(id)).ShouldBe(2);
    }

    [Fact]
    public async Task A_receipt_that_is_delivered_again_after_a_restart_of_the_silo_answers_its_first_effect()
    {
        var id = Sample.Unique("again");
        var (early, late) = (Receipts.Of(id, "running"), Receipts.Of(id, "finished"));
        var stopping = await fixture.StartAsync();
        Acknowledgement first;
        await using (stopping)
        {
            first = await stopping.Workflow(id).Receive(early);
            await stopping.Workflow(id).Receive(late);
        }

        await using var silo = await SiloUnderTest.StartAsync(stopping.Settings);
        (await silo.Workflow(id).Receive(early)).ShouldBe(first);
        (await silo.Workflow(id).GetState())!.Version.ShouldBe(2);
        (await silo.Number("SELECT count(*) FROM receipt")).ShouldBe(2);
    }

    [Fact]
    public async Task A_receipt_that_is_delivered_many_times_at_once_is_written_once()
    {
        for (var round = 0; round < 10; round++)
        {
            var id = Sample.Unique("again");
            var workflow = Silo.Workflow(id);
            var receipt = Receipts.Of(id, "running");

            var answers = await Task.WhenAll(
                    Enumerable.Range(0, 16).Select(_ => OnceReloaded(() => workflow.Receive(receipt)))
                )
                .InTime();

            answers.ShouldAllBe(answer => answer == new Acknowledgement(receipt.Id, ReceiptEffect.Advanced, 1));
            (await ReceiptRows(id)).ShouldBe(1);
        }
    }

    /// <summary>
    /// A .NET client that crashed counts its attempts from 1 again. The commit finds the stored receipt for any number
    /// of the attempt.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_receipt_that_comes_again_as_a_first_attempt_has_its_first_answer(bool toAnotherActivation)
    {
        var id = Sample.Unique("first-again");
        var workflow = Silo.Workflow(id);
        var (early, late) = (Receipts.Of(id, "running"), Receipts.Of(id, "finished"));
        var (first, second) = (await workflow.Receive(early), await workflow.Receive(late));
        if (toAnotherActivation)
            await Deactivate(Silo, id);

        for (var i = 0; i < 4; i++)
        {
            (await workflow.Receive(early).InTime()).ShouldBe(first);
            (await workflow.Receive(late).InTime()).ShouldBe(second);
        }

        (await workflow.GetState())!.Version.ShouldBe(2);
        (await ReceiptRows(id)).ShouldBe(2);
        (await workflow.Receive(Receipts.Of(id, "failed"))).Version.ShouldBe(3);
    }

    [Fact]
    public async Task What_shares_a_commit_with_a_receipt_that_is_stored_is_written()
    {
        var (id, other) = (Sample.Unique("beside"), Sample.Unique("other"));
        var (workflow, known) = (Silo.Workflow(id), Receipts.Of(id, "running"));
        var first = await workflow.Receive(known);
        var held = Control.Hold(write =>
            write.Key.GrainKey == GrainKeys.Workflow(id) || write.Key.GrainKey == GrainKeys.Workflow(other)
        );

        // The first opens a commit; what comes meanwhile shares the next one, of this workflow and of the other.
        var opening = await Send(workflow, Receipts.Of(id, "paused"));
        await held.Reached;
        var beside = await Send(workflow, Receipts.Of(id, "finished"), known, Receipts.Of(id, "failed"));
        var others = await Send(Silo.Workflow(other), Receipts.Of(other, "running"));
        held.Release();

        (await opening[0].InTime()).Version.ShouldBe(2);
        (await beside[1].InTime()).ShouldBe(first);
        (
            (await beside[0].InTime()).Version,
            (await beside[2].InTime()).Version,
            (await others[0].InTime()).Version
        ).ShouldBe((3, 4, 1));
        (await ReceiptRows(id)).ShouldBe(4);
        (
            await Silo.Number(
                "SELECT count(*) FROM receipt WHERE workflow_id = @id AND seq BETWEEN 1 AND 4",
                ("id", id)
            )
        ).ShouldBe(4);
        (await workflow.GetState())!.Contested.ShouldBe(["failed", "finished"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_first_delivery_that_comes_after_the_second_answers_its_effect()
    {
        var id = Sample.Unique("overtaken");
        var workflow = Silo.Workflow(id);
        var late = Receipts.Of(id, "running");
        var answer = await workflow.Receive(late);

        (await workflow.Receive(late)).ShouldBe(answer);

        (await workflow.GetState())!.Version.ShouldBe(1);
        (await ReceiptRows(id)).ShouldBe(1);
    }

    [Fact]
    public async Task A_first_delivery_that_comes_while_the_second_is_committed_answers_its_effect()
    {
        var id = Sample.Unique("overtaken");
        var workflow = Silo.Workflow(id);
        var late = Receipts.Of(id, "running");
        var held = Control.Hold(Of(id));
        var again = workflow.Receive(late);
        await held.Reached;
        var first = workflow.Receive(late);
        held.Release();

        (await first.InTime()).ShouldBe(await again);
        (await ReceiptRows(id)).ShouldBe(1);
    }

    [Fact]
    public async Task A_first_delivery_that_comes_after_the_second_to_another_activation_is_written_once()
    {
        var id = Sample.Unique("overtaken");
        var workflow = Silo.Workflow(id);
        var late = Receipts.Of(id, "running");
        var answer = await workflow.Receive(late);
        await Reactivate(id);

        (await workflow.Receive(late)).ShouldBe(answer);

        (await workflow.GetState())!.Version.ShouldBe(1);
        (await ReceiptRows(id)).ShouldBe(1);
    }

    // Notifications that change nothing.

    [Fact]
    public async Task Notifications_that_change_nothing_do_not_write_the_state_and_the_next_activation_knows_of_them()
    {
        var id = Sample.Unique("unchanged");
        var workflow = Silo.Workflow(id);
        await workflow.Receive(Receipts.Of(id, "finished"));
        foreach (var status in (string[])["finished", "running", "finished"])
            (await workflow.Receive(Receipts.Of(id, status))).Version.ShouldBe(1);

        var commits = Control
            .Batches.SelectMany(static batch => batch)
            .Where(Of(id))
            .Select(static write => write.Commit)
            .ToList();
        commits.Select(static commit => commit.State is null).ShouldBe([false, true, true, true]);
        commits.Select(static commit => commit.Version).ShouldBe([null, 1, 2, 3]);
        var before = await workflow.GetState();
        await Reactivate(id);
        (await workflow.GetState())!.LastReceivedAt.ShouldBe(before!.LastReceivedAt);

        (await workflow.Receive(Receipts.Of(id, "failed"))).ShouldSatisfyAllConditions(
            answer => answer.Version.ShouldBe(2),
            answer => answer.Effect.ShouldBe(ReceiptEffect.Conflict)
        );
        (await Silo.Number("SELECT max(seq) FROM receipt WHERE workflow_id = @id", ("id", id))).ShouldBe(5);
        (await ReceiptRows(id)).ShouldBe(5);
    }

    [Fact]
    public async Task A_receipt_that_changes_nothing_is_not_acknowledged_if_its_commit_fails_until_it_is_sent_again()
    {
        var id = Sample.Unique("unchanged");
        var workflow = Silo.Workflow(id);
        await workflow.Receive(Receipts.Of(id, "running"));
        Control.Fail(FailureTime.AfterCommit, Of(id));
        var receipt = Receipts.Of(id, "running");

        await Should.ThrowAsync<WorkflowUnavailableException>(workflow.Receive(receipt).InTime());
        Control.Heal();

        (await OnceReloaded(() => workflow.Receive(receipt))).ShouldBe(
            new Acknowledgement(receipt.Id, ReceiptEffect.Duplicate, 1)
        );
        (await OnceReloaded(() => workflow.Receive(Receipts.Of(id, "finished")))).Version.ShouldBe(2);
        (await ReceiptRows(id)).ShouldBe(3);
    }

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

        (await OnceReloaded(() => workflow.Receive(committing))).ShouldBe(
            new Acknowledgement(committing.Id, ReceiptEffect.Advanced, 2)
        );
        (await workflow.Receive(waiting)).ShouldBe(new Acknowledgement(waiting.Id, ReceiptEffect.Advanced, 3));
        (await ReceiptRows(id)).ShouldBe(3);
    }

    [Fact]
    public async Task A_state_that_another_activation_changed_is_read_and_what_came_is_folded_again()
    {
        var id = Sample.Unique("conflict");
        var workflow = Silo.Workflow(id);
        await workflow.Receive(Receipts.Of(id, "running"));
        await Silo.Execute(
            "UPDATE orleansstorage SET version = version + 1 WHERE grainidextensionstring = @key",
            ("key", GrainKeys.Workflow(id))
        );

        (await workflow.Receive(Receipts.Of(id, "finished"))).Version.ShouldBe(2);

        (await ReceiptRows(id)).ShouldBe(2);
        Control.ReadsOf(GrainKeys.Workflow(id)).ShouldBe(1);
    }

    /// <summary>
    /// As in a race on PostgreSQL: the commit was overtaken while its statement ran, and does not know by what.
    /// </summary>
    [Fact]
    public async Task A_commit_that_was_overtaken_reads_the_stored_state_and_takes_no_failure_for_an_empty_state()
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
        var rest = await Send(
            workflow,
            Enumerable.Range(0, 200).Select(i => Receipts.Of(id, i % 2 == 0 ? "paused" : "running"))
        );
        held.Release();

        var answers = await Task.WhenAll([.. first, .. rest]).InTime();

        answers
            .Select(static answer => answer.Version)
            .ShouldBe(Enumerable.Range(1, 201).Select(static version => (long)version));
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

/// <summary>Over SQLite.</summary>
public sealed class GrainsOverFailingSqlite(SqliteSilo fixture)
    : GrainsOverFailingStorage(fixture),
        IClassFixture<SqliteSilo>;

/// <summary>Over PostgreSQL.</summary>
public sealed class GrainsOverFailingPostgres(PostgresSilo fixture)
    : GrainsOverFailingStorage(fixture),
        IClassFixture<PostgresSilo>;

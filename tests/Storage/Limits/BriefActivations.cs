using Microsoft.Extensions.DependencyInjection;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Vocabularies;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Limits;

/// <summary>Activations of ids that do not exist, and those made for a job, do not stay.</summary>
public sealed class BriefActivations(PostgresDatabases databases)
{
    private const int Callers = 64;

    private static readonly WaitCondition NoWait = new(1, null, TimeSpan.Zero);

    [Fact]
    public async Task Ids_that_do_not_exist_leave_no_activations_and_one_that_exists_stays()
    {
        const int Unknown = 20_000;
        await using var silo = await SiloUnderTest.StartAsync(await databases.CreateAsync());
        await silo.Workflow("known").Receive(Receipts.Of("known", "running", ("n", "calling")));
        (await silo.NodeTask("known", "n").GetState()).ShouldNotBeNull();

        await ForEach(Unknown, async i =>
        {
            (
                await (i % 2 == 0 ? silo.Workflow($"w{i}").GetState() : silo.Workflow($"w{i}").WaitForState(NoWait))
            ).ShouldBeNull();
            (await silo.NodeTask(i % 4 == 0 ? "known" : $"n{i}", $"unknown{i}").GetState()).ShouldBeNull();
        });

        await ShouldLeave(silo, workflows: 1, nodeTasks: 1);
        (await Active(silo, "workflow")).Single().Key.ToString().ShouldBe(GrainKeys.Workflow("known"));
    }

    [Fact]
    public async Task A_refold_and_its_dry_run_and_deletions_leave_no_activations()
    {
        const int Workflows = 1_000;
        var other = new Vocabulary(
            Vocabulary.DefaultWords.SetItem("paused", new StatusMeaning(WorkflowPhase.Scheduled)),
            Vocabulary.DefaultRanking
        );
        var settings = await databases.CreateAsync();
        await using (var before = await SiloUnderTest.StartAsync(settings))
            await ForEach(Workflows, i =>
                before.Workflow($"w{i}").Receive(Receipts.Of($"w{i}", i % 2 == 0 ? "paused" : "finished"))
            );

        await using var silo = await SiloUnderTest.StartAsync(settings, vocabulary: other);
        var document = VocabularyDocument.Write(other);
        await ForEach(Workflows, i => silo.Workflow($"w{i}").TryRefold(document));
        await ShouldLeave(silo, workflows: 0);

        await ForEach(Workflows, async i =>
            (await silo.Workflow($"w{i}").Refold("job", other.Fingerprint)).ShouldBe(
                i % 2 == 0 ? RefoldOutcome.Changed : RefoldOutcome.Unchanged
            )
        );
        await ForEach(Workflows, async i =>
            (await silo.Workflow($"w{i}").Delete(DateTimeOffset.MaxValue)).ShouldBe(i % 2 == 1)
        );
        await Should.ThrowAsync<WorkflowDeletedException>(() => silo.Workflow("w1").GetState());
        await ShouldLeave(silo, workflows: 0);
    }

    [Fact]
    public async Task A_caller_that_waits_for_an_unknown_workflow_keeps_it_and_a_burst_of_callers_shares_it()
    {
        await using var silo = await SiloUnderTest.StartAsync(await databases.CreateAsync());
        var workflow = silo.Workflow("awaited");
        var waiting = workflow.WaitForState(new WaitCondition(1, null, Deadline.Timeout));
        await ForEach(1_000, async _ => (await workflow.GetState()).ShouldBeNull());

        // More than twice as long as an activation stays without a call.
        await Task.Delay(TimeSpan.FromSeconds(2.5), TimeProvider.System, TestContext.Current.CancellationToken);
        waiting.IsCompleted.ShouldBeFalse();
        (await workflow.Receive(Receipts.Of("awaited", "running"))).Version.ShouldBe(1);

        (await waiting.InTime()).ShouldNotBeNull().Version.ShouldBe(1);
        silo.Control.ReadsOf(GrainKeys.Workflow("awaited")).ShouldBe(1);
    }

    [Fact]
    public async Task A_notification_that_arrives_while_an_activation_ends_is_accepted()
    {
        await using var silo = await SiloUnderTest.StartAsync(await databases.CreateAsync());
        var random = new Random(4711);
        var pauses = Enumerable.Range(0, 2_000).Select(_ => 980 + random.Next(60)).ToArray();

        await Task.WhenAll(
                pauses.Select(
                    async (pause, i) =>
                    {
                        var workflow = silo.Workflow($"w{i}");
                        (await workflow.GetState()).ShouldBeNull();
                        await Task.Delay(
                            TimeSpan.FromMilliseconds(pause),
                            TimeProvider.System,
                            TestContext.Current.CancellationToken
                        );
                        (await workflow.Receive(Receipts.Of($"w{i}", "running"))).Version.ShouldBe(1);
                        (await workflow.GetState()).ShouldNotBeNull().Version.ShouldBe(1);
                    }
                )
            )
            .InTime();

        (await silo.Number("SELECT count(*) FROM receipt")).ShouldBe(pauses.Length);
        (await Active(silo, "workflow")).Count.ShouldBe(pauses.Length);
    }

    private static Task ForEach(int count, Func<int, Task> call) =>
        Parallel
            .ForEachAsync(
                Enumerable.Range(0, count),
                new ParallelOptions { MaxDegreeOfParallelism = Callers },
                async (i, _) => await call(i)
            )
            .InTime();

    private static async Task ShouldLeave(SiloUnderTest silo, int workflows, int nodeTasks = 0) =>
        await Deadline.Until(
            async () =>
                (await Active(silo, "workflow")).Count == workflows
                && (await Active(silo, "node-task")).Count == nodeTasks,
            $"{workflows} workflows and {nodeTasks} node tasks are active"
        );

    private static async Task<List<GrainId>> Active(SiloUnderTest silo, string type) =>
        await silo
            .Services.GetRequiredService<IGrainFactory>()
            .GetGrain<IManagementGrain>(0)
            .GetActiveGrains(GrainType.Create(type));
}

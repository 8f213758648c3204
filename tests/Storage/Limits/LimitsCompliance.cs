using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Audit;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Workflows;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Limits;

/// <summary>What one workflow may hold, through the product's own grains and storage, on every database.</summary>
public abstract class LimitsCompliance(ITestDatabases databases)
{
    private static readonly WorkflowLimits Few = new(MaxNodes: 3, MaxTasks: 4, MaxNodeTypes: 2);

    [Fact]
    public async Task Beyond_the_limit_of_nodes_a_new_one_is_refused_and_the_known_ones_still_move()
    {
        await using var silo = await Start(await databases.CreateAsync());
        await Report(silo, "running", Entry("a"), Entry("b"), Entry("c"));

        (await Refused(silo, "running", Entry("b"), Entry("d"), Entry("a"))).Path.ShouldBe("$.actions[1].nodetask_id");
        (await Refused(silo, "running", Entry("d"))).Message.ShouldContain("Workflows:MaxNodes");

        await Report(silo, "finished", Entry("a", "t", "finished"));
        var state = (await silo.Workflow("w").GetState())!;
        (state.Version, state.Phase, state.Nodes.Length).ShouldBe((2, WorkflowPhase.Ended, 3));
        (await silo.Number("SELECT count(*) FROM receipt")).ShouldBe(2);
    }

    [Fact]
    public async Task Beyond_the_limit_of_tasks_a_new_one_is_refused_whatever_node_it_is_of()
    {
        await using var silo = await Start(await databases.CreateAsync());
        await Report(
            silo,
            "running",
            Entry("a", "1", "running"),
            Entry("a", "2", "running"),
            Entry("b", "1", "running")
        );

        (
            await Refused(
                silo,
                "running",
                Entry("b", "1", "paused"),
                Entry("b", "2", "running"),
                Entry("c", null, "running")
            )
        ).Path.ShouldBe("$.actions[2].task_id");
        await Report(silo, "running", Entry("c", null, "running"));
        (await Refused(silo, "running", Entry("a", "3", "running"))).Message.ShouldContain("Workflows:MaxTasks");
        await Report(silo, "running", Entry("a", "2", "finished"), Entry("c", null, "finished"));
    }

    [Fact]
    public async Task Beyond_the_limit_of_types_a_new_one_is_refused_also_of_a_known_node()
    {
        await using var silo = await Start(await databases.CreateAsync());
        await Report(silo, "running", Entry("a", type: "call"), Entry("b", type: "sms"));

        (await Refused(silo, "running", Entry("c", type: "email"))).Path.ShouldBe("$.actions[0].node_type");
        await Report(silo, "running", Entry("b", type: "call"));
        await Report(silo, "running", Entry("b", type: "email"));
        (await Refused(silo, "running", Entry("c", type: "sms"))).Message.ShouldContain("Workflows:MaxNodeTypes");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public async Task A_limit_holds_for_the_first_notifications_of_an_activation_too(int atOnce)
    {
        var settings = await databases.CreateAsync();
        await using (var before = await Start(settings))
            await Report(before, "running", Entry("a"), Entry("b"));

        await using var silo = await Start(settings);
        var calls = Enumerable
            .Range(0, atOnce)
            .Select(i => silo.Workflow("w").Receive(Receipt("running", Entry($"n{i}"))))
            .ToList();
        calls.AddRange(
            Enumerable
                .Range(0, atOnce)
                .Select(i => silo.Workflow("w").Receive(Receipt(i % 2 == 0 ? "paused" : "running", Entry("a"))))
        );
        await Task.WhenAll(calls.Select(static task => task.ContinueWith(static _ => { }, TaskScheduler.Default)))
            .InTime();

        calls.Count(static task => task.IsFaulted).ShouldBe(atOnce - 1);
        calls
            .Where(static task => task.IsFaulted)
            .ShouldAllBe(static task => task.Exception!.InnerException is WorkflowLimitException);
        (await silo.Workflow("w").GetState())!.Nodes.Length.ShouldBe(3);
        (await silo.Number("SELECT count(*) FROM receipt")).ShouldBe(1 + (2 * atOnce) - (atOnce - 1));
    }

    [Fact]
    public async Task A_first_notification_beyond_the_limits_of_a_workflow_is_refused()
    {
        await using var silo = await Start(await databases.CreateAsync());
        (await Refused(silo, "running", Entry("a"), Entry("b"), Entry("c"), Entry("d"))).Path.ShouldBe(
            "$.actions[3].nodetask_id"
        );
        (await silo.Workflow("w").GetState()).ShouldBeNull();
    }

    [Fact]
    public async Task What_was_accepted_before_a_limit_was_lowered_moves_and_is_folded_again()
    {
        var settings = await databases.CreateAsync();
        await using (var before = await SiloUnderTest.StartAsync(settings))
            await Report(
                before,
                "running",
                [.. Enumerable.Range(0, 10).Select(i => Entry($"n{i}", "t", "on hold", $"type {i}"))]
            );

        var other = new Vocabulary(
            Vocabulary.DefaultWords.SetItem("on hold", new StatusMeaning(WorkflowPhase.Scheduled)),
            Vocabulary.DefaultRanking
        );
        await using var silo = await Start(settings, other);
        await Report(silo, "running", Entry("n3", "t", "running", "type 3"));
        await Refused(silo, "running", Entry("n3", "u", "running", "type 3"));

        (await silo.Workflow("w").Refold("job", other.Fingerprint)).ShouldBe(RefoldOutcome.Changed);
        (await silo.Workflow("w").GetState())!.Nodes.Length.ShouldBe(10);
        await using var snapshot = await silo
            .Services.GetRequiredService<IWorkflowSnapshots>()
            .Open(CancellationToken.None);
        (
            await silo.Services.GetRequiredService<WorkflowAuditor>().Audit(snapshot, "w", CancellationToken.None)
        ).Findings.ShouldBeEmpty();
    }

    private static Task<SiloUnderTest> Start(StorageSettings settings, Vocabulary? vocabulary = null) =>
        SiloUnderTest.StartAsync(
            settings,
            static services => services.Replace(ServiceDescriptor.Singleton(Few)),
            vocabulary
        );

    private static StatusChangeAction Entry(
        string node,
        string? task = null,
        string? status = null,
        string type = "call"
    ) => new(node, "A node", type, task, status);

    private static NotificationReceipt Receipt(string status, params ReadOnlySpan<StatusChangeAction> entries) =>
        Receipts.Of(new StatusChange("w", "A name", status, [.. entries]), Guid.CreateVersion7());

    private static Task<Acknowledgement> Report(
        SiloUnderTest silo,
        string status,
        params ReadOnlySpan<StatusChangeAction> entries
    ) => silo.Workflow("w").Receive(Receipt(status, entries)).InTime();

    private static Task<WorkflowLimitException> Refused(
        SiloUnderTest silo,
        string status,
        params ReadOnlySpan<StatusChangeAction> entries
    )
    {
        var receipt = Receipt(status, entries);
        return Should.ThrowAsync<WorkflowLimitException>(() => silo.Workflow("w").Receive(receipt).InTime());
    }
}

/// <summary>On SQLite.</summary>
public sealed class LimitsOnSqlite(SqliteDatabases databases) : LimitsCompliance(databases);

/// <summary>On PostgreSQL.</summary>
public sealed class LimitsOnPostgres(PostgresDatabases databases) : LimitsCompliance(databases);

using Microsoft.Extensions.DependencyInjection;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Operators;
using Orleans.Workflow.Storage.Queries;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Operators;

/// <summary>What operators decide of workflows, and the log of it, on every database.</summary>
public abstract class OperatorCompliance(ITestDatabases databases)
{
    private const int Conflict = 1 << (int)AttentionReason.ConflictingOutcome;
    private const int SeveralSources = 1 << (int)AttentionReason.SeveralSources;

    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task What_is_acknowledged_needs_no_attention_until_there_is_another_reason()
    {
        await using var silo = await SiloUnderTest.StartAsync(await databases.CreateAsync());
        await Contradict(silo, "w");
        await Contradict(silo, "other");

        (await Review(silo, "w", new AttentionReview(Conflict, null), OperatorActionKind.Acknowledge)).ShouldBeTrue();
        (await Unreviewed(silo, AttentionReason.ConflictingOutcome)).ShouldBe(["other"]);
        (await CountOf(silo, AttentionReason.ConflictingOutcome)).ShouldBe(1);

        // The same reason does not bring it back, another one does.
        await silo.Workflow("w").Receive(Receipts.Of("w", "cancelled"));
        (await Unreviewed(silo, AttentionReason.ConflictingOutcome)).ShouldBe(["other"]);
        await silo.Workflow("w").Receive(Receipts.Of("w", "finished") with { Source = "another" });
        (await Unreviewed(silo, AttentionReason.SeveralSources)).ShouldBe(["w"]);
    }

    [Fact]
    public async Task What_came_after_the_operator_looked_is_not_put_aside()
    {
        await using var silo = await SiloUnderTest.StartAsync(await databases.CreateAsync());
        await Contradict(silo, "w");
        await silo.Workflow("w").Receive(Receipts.Of("w", "finished") with { Source = "another" });

        await Review(silo, "w", new AttentionReview(Conflict, null), OperatorActionKind.Acknowledge);

        (await Unreviewed(silo, AttentionReason.SeveralSources)).ShouldBe(["w"]);
        await Review(silo, "w", new AttentionReview(Conflict | SeveralSources, null), OperatorActionKind.Acknowledge);
        (await Unreviewed(silo, AttentionReason.SeveralSources)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_snooze_ends_and_what_is_put_aside_can_be_reopened()
    {
        await using var silo = await SiloUnderTest.StartAsync(await databases.CreateAsync());
        await Contradict(silo, "w");
        var reviews = silo.Services.GetRequiredService<SqlAttentionReviews>();

        await Review(silo, "w", new AttentionReview(Conflict, Now.AddHours(1)), OperatorActionKind.Snooze);
        (await Unreviewed(silo, AttentionReason.ConflictingOutcome)).ShouldBeEmpty();
        (await reviews.Find("w", Now, CancellationToken.None)).ShouldNotBeNull().Attention.ShouldBe(Conflict);
        (await Unreviewed(silo, AttentionReason.ConflictingOutcome, Now.AddHours(2))).ShouldBe(["w"]);
        (await reviews.Find("w", Now.AddHours(2), CancellationToken.None)).ShouldBeNull();

        await Review(silo, "w", new AttentionReview(Conflict, null), OperatorActionKind.Acknowledge);
        await Review(silo, "w", null, OperatorActionKind.Reopen);
        (await Unreviewed(silo, AttentionReason.ConflictingOutcome)).ShouldBe(["w"]);
    }

    [Fact]
    public async Task Each_action_is_in_the_log_and_one_that_was_not_done_is_not()
    {
        await using var silo = await SiloUnderTest.StartAsync(await databases.CreateAsync());
        await Contradict(silo, "w");
        var log = silo.Services.GetRequiredService<SqlOperatorLog>();
        var note = Actions.Of(OperatorActionKind.Note, "w", "Half a \ud83d and a \0.");
        var reviews = silo.Services.GetRequiredService<SqlAttentionReviews>();

        (await reviews.Review("w", null, note, CancellationToken.None)).ShouldBeTrue();
        (await Review(silo, "nobody", null, OperatorActionKind.Reopen)).ShouldBeFalse();
        await Review(silo, "w", new AttentionReview(Conflict, null), OperatorActionKind.Acknowledge);

        var all = await log.List(null, null, 10, CancellationToken.None);
        all.Select(static action => action.Kind).ShouldBe([OperatorActionKind.Acknowledge, OperatorActionKind.Note]);
        all[1]
            .ShouldBe(
                note with
                {
                    Detail = "Half a \ufffd and a \ufffd.",
                    At = DateTimeOffset.FromUnixTimeMilliseconds(note.At.ToUnixTimeMilliseconds()),
                }
            );
        (await log.List("w", all[0].Id, 10, CancellationToken.None)).ShouldBe([all[1]]);
        (await log.List("nobody", null, 10, CancellationToken.None)).ShouldBeEmpty();
    }

    private static async Task Contradict(SiloUnderTest silo, string workflowId)
    {
        await silo.Workflow(workflowId).Receive(Receipts.Of(workflowId, "finished"));
        await silo.Workflow(workflowId).Receive(Receipts.Of(workflowId, "failed"));
    }

    private static Task<bool> Review(
        SiloUnderTest silo,
        string workflowId,
        AttentionReview? seen,
        OperatorActionKind kind
    ) =>
        silo
            .Services.GetRequiredService<SqlAttentionReviews>()
            .Review(workflowId, seen, Actions.Of(kind, workflowId), CancellationToken.None);

    private static async Task<IEnumerable<string>> Unreviewed(
        SiloUnderTest silo,
        AttentionReason reason,
        DateTimeOffset? now = null
    ) =>
        (
            await silo
                .Services.GetRequiredService<SqlReadModel>()
                .ListWorkflows(
                    new WorkflowFilter { Attention = reason, UnreviewedAt = now ?? Now },
                    WorkflowSort.Name,
                    null,
                    10,
                    CancellationToken.None
                )
        ).Items.Select(static item => item.WorkflowId);

    private static async Task<long> CountOf(SiloUnderTest silo, AttentionReason reason) =>
        (await silo.Services.GetRequiredService<ConsoleQueries>().CountByState(Now, CancellationToken.None))
            .Where(count => count.Attention.Contains(reason))
            .Sum(static count => count.Count);
}

/// <summary>What operators decide, on SQLite.</summary>
public sealed class SqliteOperators(SqliteDatabases databases) : OperatorCompliance(databases);

/// <summary>What operators decide, on PostgreSQL.</summary>
public sealed class PostgresOperators(PostgresDatabases databases) : OperatorCompliance(databases);

using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Audit;
using Orleans.Workflow.Grains.Explaining;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Receipts;
using Orleans.Workflow.Grains.Replays;
using Orleans.Workflow.Grains.Workflows;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Refolds;

/// <summary>
/// Audit and retention of workflows that were folded again, and explanations of workflows with removed receipts.
/// </summary>
public abstract class RefoldUpkeep(ITestDatabases databases)
{
    private const string Id = "w";

    private static readonly Vocabulary Other = new(
        Vocabulary
            .DefaultWords.SetItem("on hold", new StatusMeaning(WorkflowPhase.Scheduled))
            .SetItem("paused", new StatusMeaning(WorkflowPhase.Ended, WorkflowOutcome.Failed)),
        [WorkflowOutcome.Completed, WorkflowOutcome.Failed, WorkflowOutcome.Cancelled]
    );

    [Fact]
    public async Task Audits_clean_after_a_refold()
    {
        var settings = await databases.CreateAsync();
        await using (var before = await SiloUnderTest.StartAsync(settings))
            await Report(before, 30);

        await using var silo = await SiloUnderTest.StartAsync(settings, vocabulary: Other);
        await Report(silo, 5);
        await ShouldBeClean(silo, "while it is of two vocabularies");
        (await silo.Workflow(Id).Refold("job", Other.Fingerprint)).ShouldBe(RefoldOutcome.Changed);
        await ShouldBeClean(silo, "after the refold");
        await Report(silo, 7);
        await ShouldBeClean(silo, "after what came later");

        await silo.Execute("UPDATE receipt SET changes = replace(changes, 'refold', 'other_word') WHERE kind = 1");
        (await Audit(silo)).Findings.ShouldHaveSingleItem().Kind.ShouldBe(FindingKind.Transitions);
    }

    [Fact]
    public async Task Audits_clean_after_retention_and_a_refold_in_either_order()
    {
        var settings = await databases.CreateAsync();
        await using (var before = await SiloUnderTest.StartAsync(settings))
            await Report(before, ReceiptTrimmer.MaxBatch + 10);

        await using (var silo = await SiloUnderTest.StartAsync(settings, vocabulary: Other))
        {
            (await silo.Workflow(Id).Refold("job", Other.Fingerprint)).ShouldBe(RefoldOutcome.Changed);
            (await Trim(silo, ReceiptTrimmer.MaxBatch)).ShouldBe(
                0,
                "a part of what was folded again does not go alone"
            );
            (await Trim(silo, ReceiptTrimmer.MaxBatch + 11)).ShouldBe(
                ReceiptTrimmer.MaxBatch + 11,
                "all of it, and the refold"
            );
            await ShouldBeClean(silo, "with a baseline at the refold");
            await Report(silo, 4);
            (await Trim(silo, ReceiptTrimmer.MaxBatch + 13)).ShouldBe(2);
            await ShouldBeClean(silo, "with a baseline after the refold");
        }

        await using var back = await SiloUnderTest.StartAsync(settings);
        var shown = await back.Workflow(Id).GetState();
        (await back.Workflow(Id).Refold("job", Vocabulary.Default.Fingerprint)).ShouldBe(RefoldOutcome.ReceiptsRemoved);
        Json(await back.Workflow(Id).GetState()).ShouldBe(Json(shown));
        await Report(back, 3);
        await ShouldBeClean(back, "with a baseline of another vocabulary");
        (await Trim(back, long.MaxValue)).ShouldBe(5);
        await ShouldBeClean(back, "with nothing but a baseline of two vocabularies");

        await back.Workflow(Id).Receive(Receipts.Of(Id, "finished", ("n1", "finished")));
        (await back.Workflow(Id).Delete(DateTimeOffset.MaxValue)).ShouldBeTrue();
        (await back.Workflow(Id).Refold("job", Vocabulary.Default.Fingerprint)).ShouldBe(RefoldOutcome.Current);
        await ShouldBeClean(back, "as a tombstone");
    }

    [Fact]
    public async Task What_was_removed_is_neither_explained_nor_shown_and_the_rest_is_as_before()
    {
        await using var silo = await SiloUnderTest.StartAsync(await databases.CreateAsync());
        await Report(silo, 20);
        var (replay, history) = (
            silo.Services.GetRequiredService<WorkflowReplay>(),
            silo.Services.GetRequiredService<IReceiptHistory>()
        );
        var before = await Replay(silo, long.MaxValue);
        var then = await Replay(silo, 15);
        await Trim(silo, 12);

        Json(await Replay(silo, long.MaxValue)).ShouldBe(Json(before));
        Json(await Replay(silo, 15)).ShouldBe(Json(then));
        (await Replay(silo, 11)).ShouldBeNull();
        (await history.FindVersion(Id, 1, CancellationToken.None)).ShouldBeNull();
        (await history.FindVersion(Id, before!.State.Version, CancellationToken.None))
            .ShouldNotBeNull()
            .ShouldBeGreaterThan(12);
        (await history.FindTime(Id, 0, 1_000, CancellationToken.None))
            .ShouldNotBeNull()
            .ShouldBeLessThan(12, "before the baseline");

        var explainer = new Explainer();
        var explanation = explainer.Explain(
            (await replay.AsItWas(Id, long.MaxValue, explainer, CancellationToken.None))!
        );
        (explanation.Status!.DecidedBy.Seq, explanation.Status!.Rule).ShouldBe(
            (before.State.Status!.DecidedBy, before.State.Status.Rule)
        );
        explanation.Status!.DecidedBy.ReceiptId.ShouldNotBeNull("it is held");
        explanation.WorkflowName.From.ReceiptId.ShouldBeNull("the first receipt reported it");
        var quiet = explanation
            .Nodes.Single(static node => node.NodetaskId == "quiet")
            .Tasks.ShouldHaveSingleItem()
            .Register;
        (quiet.DecidedBy.Seq, quiet.DecidedBy.ReceiptId).ShouldBe((1, null));

        (await Trim(silo, long.MaxValue)).ShouldBe(8);
        Json(await Replay(silo, long.MaxValue)).ShouldBe(Json(before), "from the baseline alone");
    }

    /// <summary>
    /// Some receipts of a refold are removed before its commit: no later fold could give its state again.
    /// </summary>
    [Theory]
    [InlineData(10, false)]
    [InlineData(10, true)]
    [InlineData(20, false)]
    public async Task A_refold_whose_receipts_are_removed_before_it_is_committed_starts_over(
        int trimmed,
        bool hasNotification
    )
    {
        var settings = await databases.CreateAsync();
        await using (var before = await SiloUnderTest.StartAsync(settings))
            await Report(before, 20);

        await using var silo = await SiloUnderTest.StartAsync(settings, MeddledSnapshots.Decorate, Other);
        var shown = Json(await silo.Workflow(Id).GetState());
        ((MeddledSnapshots)silo.Services.GetRequiredService<IWorkflowSnapshots>()).AfterNext(async () =>
        {
            (await Trim(silo, trimmed)).ShouldBe(trimmed);
            if (hasNotification)
                await silo.Workflow(Id).Receive(Receipts.Of(Id, "running", ("n0", "running"))).InTime();
        });

        (await Refold(silo)).ShouldBe(RefoldOutcome.ReceiptsRemoved);

        (await silo.Number("SELECT count(*) FROM receipt WHERE workflow_id = @id AND kind = 1", ("id", Id))).ShouldBe(
            0
        );
        await ShouldAgree(silo);
        if (!hasNotification)
            Json(await silo.Workflow(Id).GetState()).ShouldBe(shown);

        await Report(silo, 3);
        var held = 20 - trimmed + 3 + (hasNotification ? 1 : 0);
        (await Trim(silo, long.MaxValue)).ShouldBe(held, "it is trimmed again");
        await ShouldAgree(silo);
    }

    /// <summary>The other order: what is trimmed was read before the refold came.</summary>
    [Fact]
    public async Task Receipts_that_were_folded_again_since_they_were_read_are_not_removed()
    {
        var settings = await databases.CreateAsync();
        await using (var before = await SiloUnderTest.StartAsync(settings))
            await Report(before, 20);

        await using var silo = await SiloUnderTest.StartAsync(settings, MeddledSnapshots.Decorate, Other);
        ((MeddledSnapshots)silo.Services.GetRequiredService<IWorkflowSnapshots>()).AfterNext(async () =>
            (await Refold(silo)).ShouldBe(RefoldOutcome.Changed)
        );

        (await Trim(silo, 10)).ShouldBe(0);

        (await silo.Number("SELECT count(*) FROM receipt WHERE workflow_id = @id", ("id", Id))).ShouldBe(21);
        await ShouldAgree(silo);
        (await Trim(silo, long.MaxValue)).ShouldBe(21, "all of it, and the refold");
        await ShouldAgree(silo);
    }

    /// <summary>Asks for a refold as a job does: again, if the workflow cannot answer now.</summary>
    private static async Task<RefoldOutcome> Refold(SiloUnderTest silo)
    {
        RefoldOutcome? outcome = null;
        await Deadline.Until(
            async () =>
            {
                try
                {
                    outcome = await silo.Workflow(Id).Refold("job", Other.Fingerprint).InTime();
                    return true;
                }
                catch (WorkflowUnavailableException)
                {
                    return false;
                }
            },
            "the workflow answers"
        );
        return outcome!.Value;
    }

    /// <summary>The state that is shown, what explains it, and what is stored are one.</summary>
    private static async Task ShouldAgree(SiloUnderTest silo)
    {
        var state = (await silo.Workflow(Id).GetState().InTime()).ShouldNotBeNull();
        var replayed = (await Replay(silo, long.MaxValue)).ShouldNotBeNull();
        Json(Views.Of(replayed.State, replayed.Vocabulary.Ranking)).ShouldBe(Json(state));
        var explainer = new Explainer();
        var replay = silo.Services.GetRequiredService<WorkflowReplay>();
        var explanation = explainer.Explain(
            (await replay.AsItWas(Id, long.MaxValue, explainer, CancellationToken.None))!
        );
        (explanation.Version, explanation.Status!.Status, (WorkflowPhase?)explanation.Status!.Phase).ShouldBe(
            (state.Version, state.Status, state.Phase)
        );
        await ShouldBeClean(silo, "when it agrees");
    }

    /// <summary>
    /// Words of the workflow and of several nodes, which the two vocabularies read differently; one node is reported
    /// once.
    /// </summary>
    private static async Task Report(SiloUnderTest silo, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var word = (i % 3) switch
            {
                0 => "on hold",
                1 => "running",
                _ => "paused",
            };
            var first = (await silo.Workflow(Id).GetState().InTime())?.Nodes.Length is not > 0;
            await silo.Workflow(Id)
                .Receive(
                    first
                        ? Receipts.Of(Id, word, ("quiet", "calling"), ("n0", word))
                        : Receipts.Of(Id, word, ($"n{i % 4}", word))
                )
                .InTime();
        }
    }

    private static Task<int> Trim(SiloUnderTest silo, long throughSeq) =>
        silo
            .Services.GetRequiredService<ReceiptTrimmer>()
            .Trim(Id, throughSeq, long.MaxValue, CancellationToken.None)
            .InTime();

    private static Task<ReplayedWorkflow?> Replay(SiloUnderTest silo, long upTo) =>
        silo.Services.GetRequiredService<WorkflowReplay>().AsItWas(Id, upTo, null, CancellationToken.None).InTime();

    private static async Task<WorkflowAudit> Audit(SiloUnderTest silo)
    {
        await using var snapshot = await silo
            .Services.GetRequiredService<IWorkflowSnapshots>()
            .Open(CancellationToken.None);
        return await silo
            .Services.GetRequiredService<WorkflowAuditor>()
            .Audit(snapshot, Id, CancellationToken.None)
            .InTime();
    }

    private static async Task ShouldBeClean(SiloUnderTest silo, string when)
    {
        var audit = await Audit(silo);
        audit.Findings.ShouldBeEmpty(when);
        audit.IsOtherVocabulary.ShouldBeFalse(when);
    }

    private static string Json<T>(T value) =>
        JsonSerializer.Serialize(value is ReplayedWorkflow replayed ? (object)replayed.State : value);
}

/// <summary>On SQLite.</summary>
public sealed class RefoldUpkeepOnSqlite(SqliteDatabases databases) : RefoldUpkeep(databases);

/// <summary>On PostgreSQL.</summary>
public sealed class RefoldUpkeepOnPostgres(PostgresDatabases databases) : RefoldUpkeep(databases);

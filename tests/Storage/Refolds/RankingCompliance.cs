using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Audit;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Replays;
using Orleans.Workflow.Grains.Workflows;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Refolds;

/// <summary>A silo with another ranking than the silos before it, on every database.</summary>
public abstract class RankingCompliance(ITestDatabases databases)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Another_ranking_shows_nothing_otherwise_until_the_workflow_is_folded_again(bool heardOnceMore)
    {
        const string Id = "contested";
        var settings = await databases.CreateAsync();
        WorkflowView shown;
        NodeTaskView node;
        await using (var before = await SiloUnderTest.StartAsync(settings))
        {
            await before.Workflow(Id).Receive(Receipts.Of(Id, "finished", ("n", "finished"))).InTime();
            await before.Workflow(Id).Receive(Receipts.Of(Id, "failed", ("n", "failed"))).InTime();
            shown = (await before.Workflow(Id).GetState())!;
            node = (await before.NodeTask(Id, "n").GetState())!;
            (shown.Outcome, node.Outcome).ShouldBe((WorkflowOutcome.Failed, WorkflowOutcome.Failed));
        }

        var ranking = new Vocabulary(
            Vocabulary.DefaultWords,
            [WorkflowOutcome.Completed, WorkflowOutcome.Failed, WorkflowOutcome.Cancelled]
        );
        await using var silo = await SiloUnderTest.StartAsync(settings, vocabulary: ranking);
        if (heardOnceMore)
        {
            // Notifications of the new time change the state, but not by which ranking it is shown.
            await silo.Workflow(Id)
                .Receive(Receipts.Of(Id, "cancelled", ("n", "cancelled"), ("m", "running")))
                .InTime();
            var (changed, changedNode) = (
                (await silo.Workflow(Id).GetState())!,
                (await silo.NodeTask(Id, "n").GetState())!
            );
            (changed.Version, changed.Outcome, changedNode.Outcome).ShouldBe(
                (shown.Version + 1, WorkflowOutcome.Failed, WorkflowOutcome.Failed)
            );
            changed.Contested.ShouldBe(["failed", "cancelled", "finished"]);
            (shown, node) = (changed, changedNode);
            (await silo.ReadModel.ListTransitions(Id, null, 1000, CancellationToken.None))
                .Items.Where(change => change.Version == changed.Version && change.To?.Outcome is not null)
                .ShouldAllBe(static change => change.To!.Outcome == WorkflowOutcome.Failed);
        }

        Json((await silo.Workflow(Id).GetState())!).ShouldBe(Json(shown));
        JsonSerializer.Serialize(await silo.NodeTask(Id, "n").GetState()).ShouldBe(JsonSerializer.Serialize(node));
        var replayed = (
            await silo
                .Services.GetRequiredService<WorkflowReplay>()
                .AsItWas(Id, long.MaxValue, null, CancellationToken.None)
        )!;
        Json(Views.Of(replayed.State, replayed.Vocabulary.Ranking)).ShouldBe(Json(shown));
        await ShouldBeListed(silo, shown);

        (await silo.Workflow(Id).Refold("job", ranking.Fingerprint)).ShouldBe(RefoldOutcome.Changed);

        var refolded = (await silo.Workflow(Id).GetState())!;
        (refolded.Version, refolded.Outcome, refolded.Status).ShouldBe(
            (shown.Version + 1, WorkflowOutcome.Completed, "finished")
        );
        await ShouldBeListed(silo, refolded);
    }

    /// <summary>
    /// The list is written from memory by a commit that keeps the stored state: both must be by one ranking.
    /// </summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_state_of_mixed_vocabularies_is_listed_by_the_ranking_that_it_is_shown_by(int duplicates)
    {
        const string Id = "mixed";
        var settings = await databases.CreateAsync();
        await using (var first = await SiloUnderTest.StartAsync(settings))
        {
            await first.Workflow(Id).Receive(Receipts.Of(Id, "finished", ("n", "running"))).InTime();
            await first.Workflow(Id).Receive(Receipts.Of(Id, "failed")).InTime();
        }

        var words = Vocabulary.DefaultWords.SetItem("x", new StatusMeaning(WorkflowPhase.Active));
        await using (
            var second = await SiloUnderTest.StartAsync(
                settings,
                vocabulary: new Vocabulary(words, Vocabulary.DefaultRanking)
            )
        )
        {
            await second.Workflow(Id).Receive(Receipts.Of(Id, "failed")).InTime();
            await ShouldBeListed(second, (await second.Workflow(Id).GetState())!);
        }

        var ranking = new Vocabulary(
            Vocabulary.DefaultWords,
            [WorkflowOutcome.Completed, WorkflowOutcome.Failed, WorkflowOutcome.Cancelled]
        );
        WorkflowView shown;
        await using (var third = await SiloUnderTest.StartAsync(settings, vocabulary: ranking))
        {
            for (var i = 0; i < duplicates; i++)
            {
                (await third.Workflow(Id).Receive(Receipts.Of(Id, "failed")).InTime()).Effect.ShouldBe(
                    ReceiptEffect.Duplicate
                );
                await ShouldBeListed(third, (await third.Workflow(Id).GetState())!);
            }

            await third.Workflow(Id).Receive(Receipts.Of(Id, "failed", ("n", "paused"))).InTime();
            shown = (await third.Workflow(Id).GetState())!;
            shown.Version.ShouldBe(3);
            await ShouldBeListed(third, shown);
        }

        // What was only in memory is shown by the next silo too.
        await using var next = await SiloUnderTest.StartAsync(settings, vocabulary: ranking);
        Json((await next.Workflow(Id).GetState())!).ShouldBe(Json(shown));
    }

    /// <summary>The list says what the state says, and an audit finds nothing.</summary>
    private static async Task ShouldBeListed(SiloUnderTest silo, WorkflowView shown)
    {
        var listed = (
            await silo.ReadModel.ListWorkflows(new(), default, null, 10, CancellationToken.None)
        ).Items.Single();
        (listed.Version, listed.Status, listed.Phase, listed.Outcome).ShouldBe(
            (shown.Version, shown.Status, shown.Phase, shown.Outcome)
        );
        await using var snapshot = await silo
            .Services.GetRequiredService<IWorkflowSnapshots>()
            .Open(CancellationToken.None);
        var audit = await silo
            .Services.GetRequiredService<WorkflowAuditor>()
            .Audit(snapshot, shown.WorkflowId, CancellationToken.None);
        audit.Findings.ShouldBeEmpty();
        audit.IsOtherVocabulary.ShouldBeFalse();
    }

    private static string Json(WorkflowView view) => JsonSerializer.Serialize(view);
}

/// <summary>On SQLite.</summary>
public sealed class RankingOnSqlite(SqliteDatabases databases) : RankingCompliance(databases);

/// <summary>On PostgreSQL.</summary>
public sealed class RankingOnPostgres(PostgresDatabases databases) : RankingCompliance(databases);

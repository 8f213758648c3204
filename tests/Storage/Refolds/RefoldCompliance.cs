using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Explaining;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Replays;
using Orleans.Workflow.Grains.Vocabularies;
using Orleans.Workflow.Grains.Workflows;
using Orleans.Workflow.Storage.Tests.Hosting;
using Orleans.Workflow.Testing.Campaigns;

namespace Orleans.Workflow.Storage.Tests.Refolds;

/// <summary>
/// Folding again from what is stored, through the product's own grains and storage, on every database.
/// </summary>
public abstract class RefoldCompliance(ITestDatabases databases, ITestOutputHelper output)
{
    private const int Workflows = 40;

    private static readonly Vocabulary Other = new(
        Vocabulary
            .DefaultWords.SetItem("on hold", new StatusMeaning(WorkflowPhase.Scheduled))
            .SetItem("quota wait", new StatusMeaning(WorkflowPhase.Ended, WorkflowOutcome.Failed))
            .SetItem("paused", new StatusMeaning(WorkflowPhase.Scheduled)),
        [WorkflowOutcome.Completed, WorkflowOutcome.Failed, WorkflowOutcome.Cancelled]
    );

    [Fact]
    public async Task An_earlier_state_is_the_fold_of_the_receipts_up_to_it()
    {
        await using var silo = await SiloUnderTest.StartAsync(await databases.CreateAsync());
        foreach (var receipts in Histories(0).Take(10))
        {
            await Report(silo, receipts);
            await ShouldReplay(silo, receipts[0].Notification.WorkflowId, Vocabulary.Default);
        }
    }

    [Fact]
    public async Task An_explanation_of_what_is_stored_names_the_receipts_that_the_state_names()
    {
        await using var silo = await SiloUnderTest.StartAsync(await databases.CreateAsync());
        foreach (var receipts in Histories(1000).Take(10))
        {
            await Report(silo, receipts);
            await ShouldExplain(silo, receipts[0].Notification.WorkflowId);
        }
    }

    [Fact]
    public async Task A_refold_gives_what_folding_from_nothing_gives_and_a_dry_run_says_so_before()
    {
        var settings = await databases.CreateAsync();
        var histories = Histories(2000).ToList();
        var shown = new Dictionary<string, WorkflowView>();
        await using (var before = await SiloUnderTest.StartAsync(settings))
        {
            foreach (var receipts in histories)
            {
                await Report(before, receipts[..^1]);
                var id = receipts[0].Notification.WorkflowId;
                shown[id] = (await before.Workflow(id).GetState())!;
            }
        }

        await using var silo = await SiloUnderTest.StartAsync(settings, vocabulary: Other);
        var changed = 0;
        foreach (var receipts in histories)
        {
            // The last receipt comes before the refold, and one more after it.
            var id = receipts[0].Notification.WorkflowId;
            await Report(silo, receipts[^1..]);
            var mixed = (await silo.Workflow(id).GetState())!;
            var tried = await silo.Workflow(id).TryRefold(VocabularyDocument.Write(Other));

            var outcome = await silo.Workflow(id).Refold("job", Other.Fingerprint);

            outcome.ShouldBe(tried.IsEmpty ? RefoldOutcome.Unchanged : RefoldOutcome.Changed);
            var state = (await silo.StoredWorkflow(id)).Workflow!;
            (state.Version, state.Seq, state.Fingerprint).ShouldBe(
                (mixed.Version + (tried.IsEmpty ? 0 : 1), receipts.Length + 1, Other.Fingerprint)
            );
            ShouldBeTheFold(state, receipts, Other);
            (await Transitions(silo, id))
                .Where(static change => change.Rule == "refold")
                .Select(static change => (change.Kind, change.Subject, change.To?.Text, change.To?.Phase))
                .ShouldBe(
                    tried.Select(static change => (change.Kind, change.Subject, change.To?.Text, change.To?.Phase))
                );
            (await silo.Workflow(id).Refold("job", Other.Fingerprint)).ShouldBe(RefoldOutcome.Current);
            changed += tried.IsEmpty ? 0 : 1;

            await Receive(
                silo,
                Receipts.Of(receipts[0].Notification with { Status = "paused" }, Guid.CreateVersion7())
            );
            await ShouldReplay(silo, id, Other);
            await ShouldExplain(silo, id);
            await ShouldBeAsItWas(silo, shown[id]);
        }

        changed.ShouldBeInRange(Workflows / 10, Workflows - 1);
        (await silo.Services.GetRequiredService<IRefoldJobs>().Count(Guid.Empty, CancellationToken.None)).ShouldBe(
            new RefoldCounts(0, 0)
        );
    }

    [Fact]
    public async Task A_job_is_moved_from_where_it_stands_only()
    {
        await using var silo = await SiloUnderTest.StartAsync(await databases.CreateAsync());
        var jobs = silo.Services.GetRequiredService<IRefoldJobs>();
        var begun = await jobs.Begin(Other.Fingerprint, Actions.Of(OperatorActionKind.Refold), CancellationToken.None);
        var moved = begun with { Position = "a", Done = 1 };
        var finished = moved with { FinishedAt = 2 };

        (await jobs.Advance(begun, moved, CancellationToken.None)).ShouldBeTrue();
        (await jobs.Advance(begun, begun with { Position = "b" }, CancellationToken.None)).ShouldBeFalse();
        (await jobs.FindLatest(CancellationToken.None)).ShouldBe(moved);
        (await jobs.Advance(moved, finished, CancellationToken.None)).ShouldBeTrue();
        (await jobs.Advance(moved, moved, CancellationToken.None)).ShouldBeFalse();
        (await jobs.FindLatest(CancellationToken.None)).ShouldBe(finished);
    }

    [Fact]
    public async Task A_silo_with_another_vocabulary_than_is_meant_does_nothing()
    {
        await using var silo = await SiloUnderTest.StartAsync(await databases.CreateAsync());
        await silo.Workflow("other").Receive(Receipts.Of("other", "on hold"));

        (await silo.Workflow("other").Refold("job", Other.Fingerprint)).ShouldBe(RefoldOutcome.OtherVocabulary);
        (await silo.Workflow("unknown").Refold("job", Vocabulary.Default.Fingerprint)).ShouldBe(RefoldOutcome.Current);
        (await silo.ReadModel.ListReceipts("other", null, 10, CancellationToken.None)).Items.Length.ShouldBe(1);
    }

    [Fact]
    public async Task Notifications_that_arrive_during_a_refold_are_in_it()
    {
        const string Id = "busy";
        var settings = await databases.CreateAsync();
        await using (var before = await SiloUnderTest.StartAsync(settings))
            await Task.WhenAll(
                Enumerable
                    .Range(0, 300)
                    .Select(i =>
                        Receive(before, Receipts.Of(Id, "on hold", ($"n{i % 7}", "on hold"), ("quiet", "on hold")))
                    )
            );

        await using var silo = await SiloUnderTest.StartAsync(settings, vocabulary: Other);
        var calls = Enumerable
            .Range(0, 200)
            .Select(i => Receive(silo, Receipts.Of(Id, i % 2 == 0 ? "on hold" : "running", ($"n{i % 9}", "calling"))))
            .ToList();
        var refolding = Enumerable.Range(0, 3).Select(_ => silo.Workflow(Id).Refold("job", Other.Fingerprint)).ToList();
        calls.AddRange(
            Enumerable.Range(0, 200).Select(i => Receive(silo, Receipts.Of(Id, "on hold", ($"n{i % 11}", "paused"))))
        );
        await Task.WhenAll(calls).InTime();

        (await Task.WhenAll(refolding).InTime()).ShouldContain(RefoldOutcome.Changed);
        (await silo.Number("SELECT count(*) FROM receipt WHERE workflow_id = @id AND kind = 1", ("id", Id))).ShouldBe(
            1
        );
        (await silo.Number("SELECT count(*) FROM receipt WHERE workflow_id = @id", ("id", Id))).ShouldBe(701);
        var state = (await silo.StoredWorkflow(Id)).Workflow!;
        (state.Seq, state.Fingerprint).ShouldBe((701, Other.Fingerprint));
        await ShouldReplay(silo, Id, Other);
    }

    [Fact]
    public async Task A_workflow_with_twenty_thousand_receipts_is_explained_in_short()
    {
        const string Id = "long";
        await using var silo = await SiloUnderTest.StartAsync(await databases.CreateAsync());
        for (var sent = 0; sent < 20_000; sent += 1_000)
        {
            await Task.WhenAll(
                Enumerable
                    .Range(sent, 1_000)
                    .Select(i =>
                        Receive(
                            silo,
                            Receipts.Of(
                                Id,
                                i % 3 == 0 ? "running" : "paused",
                                ("n", i % 2 == 0 ? "calling" : "running")
                            )
                        )
                    )
            );
        }

        var start = TimeProvider.System.GetTimestamp();
        var explainer = new Explainer();
        var replayed = (
            await silo
                .Services.GetRequiredService<WorkflowReplay>()
                .AsItWas(Id, long.MaxValue, explainer, CancellationToken.None)
        )!;
        var explanation = explainer.Explain(replayed);
        var took = TimeProvider.System.GetElapsedTime(start);

        output.WriteLine($"explained in {took.TotalMilliseconds:0} ms");
        took.ShouldBeLessThan(TimeSpan.FromSeconds(30));
        (explanation.Seq, explanation.Status!.Overruled.Count, explanation.Status!.Overruled.Latest.Length).ShouldBe(
            (20_000, 19_999, 5)
        );
    }

    /// <summary>
    /// Once every request folded a workflow of a million receipts again, for minutes and on a connection of its own.
    /// </summary>
    [Fact]
    public async Task A_workflow_with_more_receipts_than_one_question_may_fold_is_refused_and_its_beginning_is_shown()
    {
        const string Id = "hot";
        await using var silo = await SiloUnderTest.StartAsync(await databases.CreateAsync());
        for (var i = 0; i < 40; i++)
            await Receive(silo, Receipts.Of(Id, i % 2 == 0 ? "running" : "paused", ("n", "calling")));

        var (snapshots, vocabularies) = (
            silo.Services.GetRequiredService<IWorkflowSnapshots>(),
            silo.Services.GetRequiredService<VocabularyCache>()
        );
        var few = new WorkflowReplay(snapshots, vocabularies) { ReceiptLimit = 39 };
        var enough = new WorkflowReplay(snapshots, vocabularies) { ReceiptLimit = 40 };
        var small = new WorkflowReplay(snapshots, vocabularies) { ByteLimit = 500 };

        (
            await Should.ThrowAsync<ReplayTooLongException>(() =>
                few.AsItWas(Id, long.MaxValue, new Explainer(), CancellationToken.None)
            )
        ).Message.ShouldContain("/receipts");
        await Should.ThrowAsync<ReplayTooLongException>(() =>
            small.AsItWas(Id, long.MaxValue, null, CancellationToken.None)
        );
        (await few.AsItWas(Id, 39, null, CancellationToken.None)).ShouldNotBeNull().State.Version.ShouldBe(39);
        (await enough.AsItWas(Id, long.MaxValue, new Explainer(), CancellationToken.None))
            .ShouldNotBeNull()
            .State.Version.ShouldBe(40);
        (
            await silo
                .Services.GetRequiredService<IReceiptHistory>()
                .FindTime(Id, long.MaxValue, 11, CancellationToken.None)
        ).ShouldBe(11);
    }

    /// <summary>Histories of some workflows, disordered, in words that the two vocabularies read differently.</summary>
    private static IEnumerable<ImmutableArray<Receipt>> Histories(int seed)
    {
        for (var i = 0; i < Workflows; i++)
        {
            var random = new Random(seed + i);
            var campaign = CampaignModel.Generate(
                seed + i,
                new CampaignOptions
                {
                    Moves = random.Next(4, 20),
                    MaxNodes = 3,
                    WorkflowId = $"w{seed + i}",
                }
            );
            yield return Mangling.Apply(campaign.Deliveries(), random, random.Next(12), Mangle.All).Receipts();
        }
    }

    private static async Task Report(SiloUnderTest silo, ImmutableArray<Receipt> receipts)
    {
        foreach (var receipt in receipts)
            await Receive(silo, Receipts.Of(receipt.Notification, Guid.CreateVersion7(), receipt.Source));
    }

    /// <summary>
    /// Delivers until it is answered, as the Api does: a busy machine may take longer than a call lasts.
    /// </summary>
    private static async Task Receive(SiloUnderTest silo, NotificationReceipt receipt)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await silo.Workflow(receipt.Notification.WorkflowId).Receive(receipt);
                return;
            }
            catch (TimeoutException) when (attempt < 10) { }
        }
    }

    /// <summary>
    /// As of every version, and as of now, the replay gives the fold of the receipts up to it with the versions as they
    /// were given.
    /// </summary>
    private static async Task ShouldReplay(SiloUnderTest silo, string id, Vocabulary vocabulary)
    {
        var history = silo.Services.GetRequiredService<IReceiptHistory>();
        var replay = silo.Services.GetRequiredService<WorkflowReplay>();
        var state = (await silo.StoredWorkflow(id)).Workflow!;
        var now = (await replay.AsItWas(id, long.MaxValue, null, CancellationToken.None))!;
        Json(Views.Of(now.State, vocabulary.Ranking)).ShouldBe(Json(Views.Of(state, vocabulary.Ranking)));
        now.State.Status.ShouldBe(state.Status);

        var listed = (await silo.ReadModel.ListReceipts(id, null, 1000, CancellationToken.None)).Items;
        for (var version = 1L; version <= state.Version; version++)
        {
            var place = (await history.FindVersion(id, version, CancellationToken.None)).ShouldNotBeNull();
            listed.First(receipt => receipt.Version == version).Seq.ShouldBe(place);
            var then = (await replay.AsItWas(id, place, null, CancellationToken.None))!;
            then.State.Version.ShouldBe(version);
            if (listed.Take((int)place).All(receipt => receipt.Vocabulary == vocabulary.Fingerprint))
                Json(Views.Of(then.State, vocabulary.Ranking))
                    .ShouldBe(
                        Json(Views.Of(await Fold(silo, id, listed.Take((int)place), vocabulary), vocabulary.Ranking))
                    );
        }

        (await history.FindVersion(id, state.Version + 1, CancellationToken.None)).ShouldBeNull();
    }

    private static async Task<WorkflowState> Fold(
        SiloUnderTest silo,
        string id,
        IEnumerable<Storage.Queries.ReceiptSummary> listed,
        Vocabulary vocabulary
    )
    {
        var (state, fold) = (WorkflowState.Unknown(id), new WorkflowFold(vocabulary));
        foreach (var summary in listed)
        {
            var stored = (await silo.ReadModel.FindReceipt(summary.ReceiptId, CancellationToken.None))!;
            state = fold.Apply(
                state,
                new Receipt(
                    summary.ReceiptId,
                    summary.ReceivedAt.ToUnixTimeMilliseconds(),
                    summary.Source,
                    VendorJson.Read(stored.Body)
                )
            ).State;
        }

        return state;
    }

    private static async Task ShouldExplain(SiloUnderTest silo, string id)
    {
        var explainer = new Explainer();
        var replayed = (
            await silo
                .Services.GetRequiredService<WorkflowReplay>()
                .AsItWas(id, long.MaxValue, explainer, CancellationToken.None)
        )!;
        var explanation = explainer.Explain(replayed);
        var state = (await silo.StoredWorkflow(id)).Workflow!;

        (explanation.Version, explanation.Seq).ShouldBe((state.Version, state.Seq));
        (explanation.Status!.DecidedBy.Seq, explanation.Status!.Rule).ShouldBe(
            (state.Status!.DecidedBy, state.Status.Rule)
        );
        explanation
            .Nodes.SelectMany(static node => node.Tasks)
            .Select(static task => (task.TaskId, task.Register.DecidedBy.Seq, task.Register.Rule))
            .ShouldBe(
                state
                    .Nodes.SelectMany(static node => node.Tasks)
                    .Select(static task => (task.TaskId, task.Status.DecidedBy, task.Status.Rule))
            );
    }

    /// <summary>
    /// The registers are those of a fold from nothing; places are those of the receipts alone, since no refold came in
    /// between.
    /// </summary>
    private static void ShouldBeTheFold(WorkflowState state, IEnumerable<Receipt> receipts, Vocabulary vocabulary)
    {
        var fold = new WorkflowFold(vocabulary);
        var refolded = receipts.Aggregate(WorkflowState.Unknown(state.WorkflowId), (before, receipt) =>
            fold.Apply(before, receipt).State
        );
        (state.Name, state.Status).ShouldBe((refolded.Name, refolded.Status));
        state.Sources.ShouldBe(refolded.Sources);
        state
            .Nodes.Select(static node => (node.NodeTaskId, node.Name, node.NodeType))
            .ShouldBe(refolded.Nodes.Select(static node => (node.NodeTaskId, node.Name, node.NodeType)));
        state
            .Nodes.SelectMany(static node => node.Tasks)
            .ShouldBe(refolded.Nodes.SelectMany(static node => node.Tasks));
    }

    private static async Task ShouldBeAsItWas(SiloUnderTest silo, WorkflowView shown)
    {
        var history = silo.Services.GetRequiredService<IReceiptHistory>();
        var place = (
            await history.FindVersion(shown.WorkflowId, shown.Version, CancellationToken.None)
        ).ShouldNotBeNull();
        var then = (
            await silo
                .Services.GetRequiredService<WorkflowReplay>()
                .AsItWas(shown.WorkflowId, place, null, CancellationToken.None)
        )!;
        then.Vocabulary.Fingerprint.ShouldBe(Vocabulary.Default.Fingerprint);
        Json(Views.Of(then.State, then.Vocabulary.Ranking) with { LastReceivedAt = shown.LastReceivedAt })
            .ShouldBe(Json(shown));
    }

    private static async Task<ImmutableArray<Storage.Queries.TransitionSummary>> Transitions(
        SiloUnderTest silo,
        string id
    ) => (await silo.ReadModel.ListTransitions(id, null, 1000, CancellationToken.None)).Items;

    private static string Json(WorkflowView view) => JsonSerializer.Serialize(view);
}

/// <summary>On SQLite.</summary>
public sealed class RefoldOnSqlite(SqliteDatabases databases, ITestOutputHelper output)
    : RefoldCompliance(databases, output);

/// <summary>On PostgreSQL.</summary>
public sealed class RefoldOnPostgres(PostgresDatabases databases, ITestOutputHelper output)
    : RefoldCompliance(databases, output);

using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Workflow.Grains.Audit;
using Orleans.Workflow.Grains.Explaining;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Replays;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Facts;

/// <summary>Facts, through the product's own grains and storage, on every database.</summary>
public abstract class FactCompliance(SiloFixture fixture)
{
    private SiloUnderTest Silo => fixture.Silo;

    [Fact]
    public async Task A_fact_that_comes_again_is_a_duplicate_and_is_counted_once()
    {
        (await Send("again", Calls.Of("1", "2"))).ShouldBe(ReceiptEffect.Recorded);
        (await Send("again", Calls.Of("1", "2"))).ShouldBe(ReceiptEffect.Duplicate);
        (await Send("again", Calls.Of("2", "2"))).ShouldBe(ReceiptEffect.Recorded);
        (await Send("again", Calls.Of("1", "3"))).ShouldBe(ReceiptEffect.Recorded);

        (await Counts("again")).ShouldBe(["CallCompletion 2: 2", "CallCompletion 3: 1"]);
        (await Silo.Number("SELECT count(*) FROM fact WHERE workflow_id = 'again'")).ShouldBe(4);
    }

    [Fact]
    public async Task A_fact_with_another_body_differs_whichever_comes_first()
    {
        string[] bodies = ["a", "b", "c"];
        foreach (var (order, workflow) in ((string[])["aab", "aba", "bac", "cbaabc", "bbacca"]).Select(Workflow))
        {
            var effects = new List<ReceiptEffect>();
            foreach (var body in order)
                effects.Add(await Send(workflow, Calls.Of("1", "2"), $"{body}"));

            var different = order.Distinct().Count();
            effects.Count(static effect => effect == ReceiptEffect.Recorded).ShouldBe(1);
            effects.Count(static effect => effect == ReceiptEffect.Differs).ShouldBe(different - 1);
            (await Counts(workflow)).ShouldBe([$"CallCompletion 2: 1 + {different - 1}"]);
        }

        static (string, string) Workflow(string order) => (order, $"differs-{order}");
    }

    [Fact]
    public async Task A_receipt_that_is_delivered_again_is_answered_as_the_first_time_and_stored_once()
    {
        var receipt = Calls.Receipt("delivered", Calls.Of("1", "2"));
        var first = await Node("delivered").Receive(receipt);
        (await Send("delivered", Calls.Of("1", "2"))).ShouldBe(ReceiptEffect.Duplicate);

        (await Node("delivered").Receive(receipt)).ShouldBe(first);
        (await Silo.Number("SELECT count(*) FROM fact WHERE workflow_id = 'delivered'")).ShouldBe(2);
    }

    [Fact]
    public async Task Any_order_with_any_repetition_gives_the_same_counts()
    {
        for (var seed = 0; seed < 10; seed++)
        {
            var random = new Random(seed);
            var facts = Enumerable
                .Range(0, 40)
                .Select(_ => (Fact: Calls.Of($"{random.Next(8)}", $"{random.Next(3)}"), Body: $"{random.Next(3)}"))
                .ToList();
            var expected = Expected(facts);
            foreach (var order in (string[])["first", "second"])
            {
                var workflow = $"order-{seed}-{order}";
                var sent = facts.Concat(facts.Take(random.Next(40))).ToArray();
                random.Shuffle(sent);
                foreach (var wave in sent.Chunk(1 + random.Next(20)))
                    await Task.WhenAll(wave.Select(one => Send(workflow, one.Fact, one.Body)));

                (await Counts(workflow)).ShouldBe(expected, $"seed {seed}");
            }
        }

        static string[] Expected(IEnumerable<(Fact Fact, string Body)> facts) =>
            [
                .. facts
                    .GroupBy(static one => one.Fact.Value!)
                    .OrderBy(static value => value.Key, StringComparer.Ordinal)
                    .Select(static value =>
                    {
                        var count = value.Select(static one => one.Fact.Identity).Distinct().Count();
                        var bodies = value.Select(static one => (one.Fact.Identity, one.Body)).Distinct().Count();
                        return Line(FactKind.CallCompletion, value.Key, count, bodies - count);
                    }),
            ];
    }

    [Fact]
    public async Task Two_activations_at_once_record_a_fact_once()
    {
        var storage = Silo.Services.GetRequiredService<IFactStorage>();
        for (var i = 0; i < 20; i++)
        {
            var fact = Calls.Of($"{i}", "2");
            var commits = Enumerable
                .Range(0, 4)
                .Select(_ => Again(storage, new FactCommit("twice", "n", [Calls.Receipt("twice", fact)])));
            var effects = (await Task.WhenAll(commits)).SelectMany(static result => result.Effects);

            effects.Count(static effect => effect == ReceiptEffect.Recorded).ShouldBe(1);
        }

        (await Silo.Number("SELECT count FROM fact_count WHERE workflow_id = 'twice'")).ShouldBe(20);
    }

    [Fact]
    public async Task A_fact_makes_its_node_known_and_lends_names_until_a_status_change_brings_some()
    {
        await Send("introduced", Calls.Of("1", "2"));
        await Send("introduced", Calls.Of("2", "2"));

        var state = (await Silo.Workflow("introduced").GetState())!;
        (state.WorkflowName, state.Status, state.Phase, state.HasFacts).ShouldBe(("Lent", null, null, true));
        var node = state.Nodes.ShouldHaveSingleItem();
        (node.NodetaskId, node.NodetaskName, node.Status, node.HasFacts).ShouldBe(("n", "Lent node", null, true));
        (await Receipts("introduced")).ShouldBe(1, "one introduction");

        await Silo.Workflow("introduced").Receive(Hosting.Receipts.Of("introduced", "running", ("n", "running")));
        await Send("introduced", Calls.Of("3", "2"));

        state = (await Silo.Workflow("introduced").GetState())!;
        (state.WorkflowName, state.Status, state.Phase).ShouldBe(("A name", "running", WorkflowPhase.Active));
        state.Nodes.ShouldHaveSingleItem().NodetaskName.ShouldBe("A node");
        (await Receipts("introduced")).ShouldBe(2);
        (await Silo.Findings("introduced")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Facts_that_arrive_together_introduce_their_node_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 100).Select(call => Send("together", Calls.Of($"{call}", "2"))));

        (await Receipts("together")).ShouldBe(1);
        (await Counts("together")).ShouldBe(["CallCompletion 2: 100"]);
    }

    [Fact]
    public async Task A_workflow_that_only_facts_are_about_explains_its_names()
    {
        await Send("explained", Calls.Of("1", "2"));
        await Silo.Workflow("explained")
            .Introduce(Introduction("explained", new StatusChange("explained", "Other", null, [Calls.Named("m")])));
        var explainer = new Explainer();
        var replay = Silo.Services.GetRequiredService<WorkflowReplay>();
        var replayed = await replay.AsItWas("explained", long.MaxValue, explainer, CancellationToken.None);

        var explanation = explainer.Explain(replayed.ShouldNotBeNull());

        explanation.Status.ShouldBeNull();
        explanation.WorkflowName.Value.ShouldBe("Lent");
        (explanation.WorkflowName.From.Seq, explanation.WorkflowName.Overruled.Count).ShouldBe((1, 0));
        explanation
            .Nodes.Select(static node => (node.NodetaskId, node.NodetaskName.Value, node.NodetaskName.From.Seq))
            .ShouldBe([("m", "Lent node", 2), ("n", "Lent node", 1)]);

        static NotificationReceipt Introduction(string workflow, StatusChange introduction) =>
            new(
                Guid.CreateVersion7(),
                DateTimeOffset.FromUnixTimeMilliseconds(Sample.Time),
                "airudder",
                introduction,
                Encoding.UTF8.GetBytes(
                    """
                    {"workflow_name":"Other","actions":
                    [{"nodetask_id":"m","nodetask_name":"Lent node","node_type":"call"}]}
                    """
                )
            );
    }

    [Fact]
    public async Task Whether_facts_or_status_changes_come_first_does_not_matter()
    {
        var statusChange = Hosting.Receipts.Of("before", "running", ("n", "running"), ("m", "finished"));
        await Silo.Workflow("before").Receive(statusChange);
        await Send("before", Calls.Of("1", "2"));
        await Send("behind", Calls.Of("1", "2"));
        await Silo.Workflow("behind")
            .Receive(Hosting.Receipts.Of("behind", "running", ("n", "running"), ("m", "finished")));

        var before = Shown(await Silo.Workflow("before").GetState());
        before.ShouldBe(Shown(await Silo.Workflow("behind").GetState()));
        before.ShouldContain("n A node running True");
        (await Silo.Findings("before")).ShouldBeEmpty();
        (await Silo.Findings("behind")).ShouldBeEmpty();

        static string Shown(WorkflowView? state) =>
            string.Join(
                '\n',
                state!
                    .Nodes.Select(static node => $"{node.NodetaskId} {node.NodetaskName} {node.Status} {node.HasFacts}")
                    .Prepend($"{state.WorkflowName} {state.Status} {state.Phase} {state.HasFacts}")
            );
    }

    [Fact]
    public async Task A_fact_of_the_workflow_itself_introduces_the_nodes_that_it_names()
    {
        var fact = Calls.Of("case", null) with
        {
            Kind = FactKind.ListCompletion,
            NodetaskId = string.Empty,
            Nodes = [Calls.Named("a"), Calls.Named("b")],
        };
        (await Silo.Facts("list", string.Empty).Receive(Calls.Receipt("list", fact))).Effect.ShouldBe(
            ReceiptEffect.Recorded
        );

        var state = (await Silo.Workflow("list").GetState())!;
        state.Nodes.Select(static node => node.NodetaskId).ShouldBe(["a", "b"]);
        (await Silo.Number("SELECT count FROM fact_count WHERE workflow_id = 'list' AND node = ''")).ShouldBe(1);
        (await Silo.NodeTask("list", "a").GetState())!.FactCounts.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_audit_finds_a_count_that_is_not_that_of_the_facts()
    {
        await Send("miscounted", Calls.Of("1", "2"));
        (await Silo.Findings("miscounted")).ShouldBeEmpty();

        await Silo.Execute("UPDATE fact_count SET count = 3 WHERE workflow_id = 'miscounted'");

        (await Silo.Findings("miscounted")).ShouldHaveSingleItem().ShouldContain("CallCompletion '2'");
    }

    [Fact]
    public async Task A_rebuild_counts_facts_again()
    {
        foreach (
            var (id, value, body) in ((string, string?, string)[])
                [("1", "2", "a"), ("1", "2", "b"), ("2", "2", "a"), ("3", null, "a")]
        )
            await Send("recounted", Calls.Of(id, value), body);

        await Silo.Execute("UPDATE fact_count SET count = 9, different = 9 WHERE workflow_id = 'recounted'");
        await Silo.Execute("DELETE FROM fact_count WHERE workflow_id = 'recounted' AND value = ''");
        await Silo.Execute(
            "INSERT INTO fact_count (workflow_id, node, kind, value, count, different) "
                + "VALUES ('recounted', 'n', 1, 'x', 1, 0)"
        );
        var rebuilder = ActivatorUtilities.CreateInstance<WorkflowRebuilder>(Silo.Services);

        var rebuilt = await rebuilder.Rebuild("recounted", CancellationToken.None);

        rebuilt.Outcome.ShouldBe(RebuildOutcome.Rewritten);
        (await Silo.Services.GetRequiredService<IFactStorage>().ReadCounts("recounted", "n"))
            .Select(static count => Line(count.Kind, count.Value, count.Count, count.Different))
            .Order(StringComparer.Ordinal)
            .ShouldBe(["CallCompletion 2: 2 + 1", "CallCompletion : 1"]);
        (await rebuilder.Rebuild("recounted", CancellationToken.None)).Outcome.ShouldBe(RebuildOutcome.Unchanged);
    }

    [Fact]
    public async Task Counts_that_were_read_before_a_commit_without_an_answer_are_read_again()
    {
        await using var silo = await fixture.StartAsync(MeddledFacts.Decorate);
        var storage = (MeddledFacts)silo.Services.GetRequiredService<IFactStorage>();
        var node = silo.NodeTask("w", "n");
        await node.Receive(Calls.Receipt("w", Calls.Of("1", "2")));
        var reading = node.GetState();
        await storage.IsRead.InTime();
        storage.LosesAnswers = true;
        var lost = Calls.Receipt("w", Calls.Of("2", "2"));
        await Should.ThrowAsync<WorkflowUnavailableException>(() => node.Receive(lost));
        storage.LosesAnswers = false;
        (await node.Receive(lost)).Effect.ShouldBe(ReceiptEffect.Recorded, "as it was the first time");

        storage.Release();

        (await reading.InTime())!.FactCounts.ShouldHaveSingleItem().Count.ShouldBe(2);
    }

    [Fact]
    public async Task Facts_that_name_no_workflow_are_kept()
    {
        var fact = Calls.Of("1", "FINISHED") with { Kind = FactKind.Dialer, WorkflowId = string.Empty, Nodes = [] };

        (await Silo.Facts(string.Empty, "n").Receive(Calls.Receipt(string.Empty, fact))).Effect.ShouldBe(
            ReceiptEffect.Recorded
        );
        (await Silo.Number("SELECT count(*) FROM fact WHERE workflow_id = ''")).ShouldBe(1);
    }

    [Fact]
    public async Task Facts_go_with_their_workflow_when_it_is_deleted_and_do_not_bring_it_back()
    {
        await Send("deleted", Calls.Of("1", "2"));
        await Silo.Workflow("deleted").Receive(Hosting.Receipts.Of("deleted", "finished"));
        (await Silo.Workflow("deleted").Delete(DateTimeOffset.MaxValue)).ShouldBeTrue();

        (await Silo.Number("SELECT count(*) FROM fact WHERE workflow_id = 'deleted'")).ShouldBe(0);
        (await Silo.Number("SELECT count(*) FROM fact_count WHERE workflow_id = 'deleted'")).ShouldBe(0);
        await Send("deleted", Calls.Of("2", "2"));
        await Should.ThrowAsync<WorkflowDeletedException>(() => Silo.Workflow("deleted").GetState());
    }

    private static string Line(FactKind kind, string value, long count, long different) =>
        $"{kind} {value}: {count}{(different == 0 ? string.Empty : $" + {different}")}";

    /// <summary>As the caller of a grain does when nothing could be stored.</summary>
    private static async Task<CommittedFacts> Again(IFactStorage storage, FactCommit commit)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await storage.Commit(commit);
            }
            catch (WorkflowUnavailableException) when (attempt < 10)
            {
                // Two statements inserted the same fact at once: one of them was rolled back.
            }
        }
    }

    private INodeTaskGrain Node(string workflow) => Silo.NodeTask(workflow, "n");

    private async Task<ReceiptEffect> Send(string workflow, Fact fact, string body = "{}") =>
        (await Node(workflow).Receive(Calls.Receipt(workflow, fact, body))).Effect;

    private async Task<IEnumerable<string>> Counts(string workflow)
    {
        var counts = (await Node(workflow).GetState())!.FactCounts;
        var stored = await Silo.Services.GetRequiredService<IFactStorage>().ReadCounts(workflow, "n");
        stored.ShouldBe(counts, ignoreOrder: true);
        return counts.Select(static count => Line(count.Kind, count.Value, count.Count, count.Different));
    }

    private Task<long> Receipts(string workflow) =>
        Silo.Number("SELECT count(*) FROM receipt WHERE workflow_id = @id", ("id", workflow));
}

/// <summary>Facts on SQLite.</summary>
public sealed class SqliteFacts(SqliteSilo silo) : FactCompliance(silo), IClassFixture<SqliteSilo>;

/// <summary>Facts on PostgreSQL.</summary>
public sealed class PostgresFacts(PostgresSilo silo) : FactCompliance(silo), IClassFixture<PostgresSilo>;

using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Queries;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Compliance;

/// <summary>How facts are counted, listed and found on every database.</summary>
public abstract class FactQueryCompliance(SiloFixture fixture)
{
    private const string Callee = "+62811000012";

    private SqlFactQueries Facts => fixture.Silo.Services.GetRequiredService<SqlFactQueries>();

    [Fact]
    public async Task Facts_are_counted_by_node_kind_and_value()
    {
        var workflow = Sample.Unique("counted");
        await Commit(workflow, "n1", Call("1", "2"), Call("2", "2"), Call("3", "12"), Call("1", "2"));
        await Commit(workflow, "n2", Call("4", null));
        await Commit(workflow, "", Entry("5", "c5"));
        await Commit(Sample.Unique("other"), "n1", Call("6", "2"));

        var counts = await Facts.Count(workflow, CancellationToken.None);

        counts
            .Select(static count => (count.NodetaskId, count.Kind, count.Value, count.Count))
            .ShouldBe(
                [
                    ("n1", FactKind.CallCompletion, "2", 2),
                    ("n1", FactKind.CallCompletion, "12", 1),
                    ("n2", FactKind.CallCompletion, "", 1),
                    ("", FactKind.ListCompletion, "", 1),
                ],
                ignoreOrder: true
            );
        (await Facts.Count(Sample.Unique("unknown"), CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Entries_are_counted_once_however_many_facts_they_have()
    {
        var workflow = Sample.Unique("entries");
        var queries = fixture.Silo.Services.GetRequiredService<ConsoleQueries>();
        (await queries.CountEntries(workflow, CancellationToken.None)).ShouldBe(new EntryCounts(0, 0, 0, AreAll: true));
        await Commit(workflow, "", Entry("1", "c1"), Entry("2", "c2"), Entry("2", "c2"), Entry("3", "c1", "+1"));
        await Commit(workflow, "n1", CallOf("4", "c2"), CallOf("5", "c3"), CallOf("6", "c3"), Call("7", "2"));
        await Commit(workflow, "n2", CallOf("8", "c4"));
        await Commit(Sample.Unique("other"), "n1", CallOf("9", "c5"));

        (await queries.CountEntries(workflow, CancellationToken.None)).ShouldBe(new EntryCounts(2, 3, 4, AreAll: true));
    }

    [Fact]
    public async Task Facts_are_listed_by_every_filter_the_latest_first()
    {
        var workflow = Sample.Unique("listed");
        await Commit(workflow, "n1", Call("1", "2", at: 1), Call("2", "12", at: 2));
        await Commit(workflow, "", Entry("3", "c3", at: 3));
        await Commit(workflow, "n2", Call("4", "2", at: 4), Call("4", "2", at: 5));

        var all = new FactFilter { WorkflowId = workflow };

        (await Listed(all)).ShouldBe([
            "n2 2 duplicate",
            "n2 2 recorded",
            "- - recorded",
            "n1 12 recorded",
            "n1 2 recorded",
        ]);
        (await Listed(all with { NodetaskId = "n1" })).ShouldBe(["n1 12 recorded", "n1 2 recorded"]);
        (await Listed(all with { Kind = FactKind.ListCompletion })).ShouldBe(["- - recorded"]);
        (await Listed(all with { Value = "12" })).ShouldBe(["n1 12 recorded"]);
        (await Listed(all with { CaseId = "c3" })).ShouldBe(["- - recorded"]);
        (await Listed(all with { CaseId = "C3" })).ShouldBeEmpty();
        (await Listed(all with { Callee = Callee, Value = "2", NodetaskId = "n1" })).ShouldBe(["n1 2 recorded"]);
        (await Listed(all with { ReceivedAfter = At(2), ReceivedBefore = At(4) })).ShouldBe(["- - recorded"]);
        (await Listed(all with { WorkflowId = Sample.Unique("other"), Callee = Callee })).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    public async Task Pages_put_together_are_the_whole(int limit)
    {
        var filter = new FactFilter { WorkflowId = Sample.Unique("paged") };
        await Commit(filter.WorkflowId, "n", [.. Enumerable.Range(0, 7).Select(i => Call($"{i}", $"{i}"))]);

        var values = new List<string?>();
        FactPosition? before = null;
        do
        {
            var page = await Facts.List(filter, before, limit, CancellationToken.None);
            values.AddRange(page.Items.Select(static fact => fact.Value));
            before = page.Next;
        } while (before is not null);

        values.ShouldBe(["6", "5", "4", "3", "2", "1", "0"]);
    }

    [Fact]
    public async Task A_person_and_an_entry_are_found_in_every_workflow_and_in_none()
    {
        var (callee, caseId) = ($"+{Random.Shared.NextInt64(1_000_000_000_000)}", Sample.Unique("case"));
        var (first, second) = (Sample.Unique("first"), Sample.Unique("second"));
        await Commit(first, "n", Entry("1", caseId, callee));
        await Commit(second, "n", Entry("2", "another", callee[1..]));
        await Commit("", "", Entry("3", caseId, "+1"));

        (await Found(new FactFilter { Callee = callee })).ShouldBe([second, first]);
        (await Found(new FactFilter { Callee = $" {callee[1..]}" })).ShouldBe([second, first]);
        (await Found(new FactFilter { CaseId = caseId })).ShouldBe([null, first]);
        (await Found(new FactFilter { CaseId = caseId, Callee = callee })).ShouldBe([first]);

        async Task<IEnumerable<string?>> Found(FactFilter filter) =>
            (await Facts.List(filter, null, 10, CancellationToken.None)).Items.Select(static fact => fact.WorkflowId);
    }

    [Fact]
    public async Task A_fact_is_found_by_its_receipt_and_read_from_its_body()
    {
        var workflow = Sample.Unique("found");
        var receipt = Entry("1", "c1", Callee);
        await Commit(workflow, "n", receipt);

        var stored = (await Facts.Find(receipt.Id, CancellationToken.None)).ShouldNotBeNull();

        stored.Body.ToArray().ShouldBe(receipt.Body.ToArray());
        stored.Summary.ShouldBe(
            new FactSummary(
                receipt.Id,
                FactKind.ListCompletion,
                workflow,
                "n",
                null,
                "c1",
                Callee,
                null,
                receipt.Fact.OccurredAt,
                receipt.ReceivedAt,
                ReceiptEffect.Recorded,
                receipt.Source
            )
        );
        (await Facts.Find(Guid.CreateVersion7(), CancellationToken.None)).ShouldBeNull();
    }

    private static DateTimeOffset At(long second) =>
        DateTimeOffset.FromUnixTimeMilliseconds(Sample.Time).AddSeconds(second);

    private static FactReceipt Call(string identity, string? value, long at = 0) =>
        Of(FactKind.CallCompletion, identity, value, null, Callee, at);

    private static FactReceipt CallOf(string identity, string caseId) =>
        Of(FactKind.CallCompletion, identity, null, caseId, Callee, 0);

    private static FactReceipt Entry(string identity, string caseId, string callee = Callee, long at = 0) =>
        Of(FactKind.ListCompletion, identity, null, caseId, callee, at);

    private static FactReceipt Of(
        FactKind kind,
        string identity,
        string? value,
        string? caseId,
        string callee,
        long at
    ) =>
        new(
            Guid.CreateVersion7(),
            At(at),
            "airudder",
            new Fact(kind, "", null, "", [], identity, value, null, caseId, callee, At(-1)),
            Encoding.UTF8.GetBytes(
                $$"""
                {"workflow_id":"w","workflow_name":"Autumn","case_id":"{{caseId}}","callee_number":"{{callee}}",
                 "rows":[{"nodetask_id":"n","nodetask_name":"Voicebot","node_type":"call"}]}
                """
            )
        );

    private Task<CommittedFacts> Commit(string workflowId, string nodeTaskId, params FactReceipt[] receipts) =>
        fixture
            .Silo.Services.GetRequiredService<IFactStorage>()
            .Commit(new FactCommit(workflowId, nodeTaskId, [.. receipts]))
            .InTime();

    private async Task<IEnumerable<string>> Listed(FactFilter filter) =>
        (await Facts.List(filter, null, 10, CancellationToken.None)).Items.Select(static fact =>
            $"{fact.NodetaskId ?? "-"} {fact.Value ?? "-"} {fact.Effect.ToString().ToLowerInvariant()}"
        );
}

/// <summary>The suite on PostgreSQL.</summary>
public sealed class PostgresFactQueries(PostgresSilo fixture)
    : FactQueryCompliance(fixture),
        IClassFixture<PostgresSilo>;

/// <summary>The suite on SQLite.</summary>
public sealed class SqliteFactQueries(SqliteSilo fixture) : FactQueryCompliance(fixture), IClassFixture<SqliteSilo>;

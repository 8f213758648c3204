using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Feed;
using Orleans.Workflow.Storage.Queries;
using Orleans.Workflow.Storage.Retention;
using Orleans.Workflow.Storage.Tests.Facts;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Feed;

/// <summary>The log of facts, which the mechanism of the log of changes follows.</summary>
public abstract class FactLogSuite(SiloFixture fixture)
{
    private const string Callee = "+15550100001";

    [Fact]
    public async Task Facts_are_read_once_and_in_order_and_repeats_are_not_shown()
    {
        await using var silo = await fixture.StartAsync();
        foreach (var call in (string[])["a", "b", "a", "c", "b"])
            await Send(silo, "w", call);

        await Send(silo, "w", "a", "another body");
        var tail = new Follower<LoggedFact>(Log(silo));

        var facts = await ReadAll(tail, limit: 2);

        facts.Select(static fact => fact.Position).ShouldBeInOrder();
        facts.Count.ShouldBe(6);
        facts
            .Where(static fact => fact.IsShown)
            .Select(static fact => (fact.Fact!.CaseId, fact.Fact.Effect))
            .ShouldBe([
                ("a", ReceiptEffect.Recorded),
                ("b", ReceiptEffect.Recorded),
                ("c", ReceiptEffect.Recorded),
                ("a", ReceiptEffect.Differs),
            ]);
        facts.Where(static fact => !fact.IsShown).ShouldAllBe(static fact => fact.Fact == null);
        (await ReadAll(tail)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_fact_is_read_as_the_list_has_it_with_as_much_as_is_asked_for()
    {
        await using var silo = await fixture.StartAsync();
        await Send(silo, "w", "a");
        var listed = await silo
            .Services.GetRequiredService<SqlFactQueries>()
            .List(new FactFilter { WorkflowId = "w" }, null, 10, CancellationToken.None);

        var whole = (await ReadAll(new Follower<LoggedFact>(Log(silo)))).ShouldHaveSingleItem();
        whole.Fact.ShouldBe(listed.Items.ShouldHaveSingleItem());
        whole.Fact!.Callee.ShouldBe(Callee);
        whole.Workflow.ShouldNotBeNull().WorkflowId.ShouldBe("w");
        (await ReadAll(new Follower<LoggedFact>(Log(silo), LogDetail.Content))).ShouldBe([
            whole with
            {
                Workflow = null,
            },
        ]);
        (await ReadAll(new Follower<LoggedFact>(Log(silo), LogDetail.Hint))).ShouldBe([
            whole with
            {
                Workflow = null,
                Fact = null,
            },
        ]);
    }

    [Fact]
    public async Task A_page_is_of_one_workflow_of_a_range_and_of_few_bytes_if_so_asked()
    {
        await using var silo = await fixture.StartAsync();
        for (var i = 0; i < 12; i++)
            await Send(silo, $"w{i % 3}", $"{i}");

        var all = await ReadAll(new Follower<LoggedFact>(Log(silo), LogDetail.Content));
        var query = new LogQuery(all[3].Position, 2, LogDetail.Content) { WorkflowId = "w1" };
        var page = await Log(silo).Read(query, CancellationToken.None);
        page.Items.ShouldBe([all[4], all[7]]);
        page.End.ShouldBe(all[7].Position);

        var rest = query with { After = page.End, UpTo = all[10].Position, Limit = 10 };
        page = await Log(silo).Read(rest, CancellationToken.None);
        page.Items.ShouldBe([all[10]]);
        page.End.ShouldBe(all[10].Position);

        page = await Log(silo).Read(new LogQuery(0, 100, LogDetail.Content) { Size = 1 }, CancellationToken.None);
        page.Items.ShouldBe([all[0]]);
        page.End.ShouldBe(all[0].Position);
    }

    [Fact]
    public async Task Facts_of_a_workflow_that_was_deleted_are_not_shown()
    {
        await using var silo = await fixture.StartAsync();
        await Send(silo, "w", "a");
        await silo.Execute(
            """
            INSERT INTO baseline (workflow_id, seq, version, vocabulary, state, deleted, removed_through)
            VALUES ('w', 1, 1, '', '{}', 1, 1)
            """
        );

        (await ReadAll(new Follower<LoggedFact>(Log(silo)))).ShouldHaveSingleItem().IsShown.ShouldBeFalse();
    }

    [Fact]
    public async Task An_erasure_raises_the_revision_and_what_is_read_then_has_no_person()
    {
        await using var silo = await fixture.StartAsync();
        await Send(silo, "w", "a");
        var before = await Log(silo).Read(new LogQuery(0, 10), CancellationToken.None);

        await silo
            .Services.GetRequiredService<SqlErasure>()
            .Erase(Callee, Actions.Of(OperatorActionKind.Erase), CancellationToken.None);

        var after = await Log(silo).Read(new LogQuery(0, 10), CancellationToken.None);
        after.Revision.ShouldBe(before.Revision + 1);
        after.History.Revision.ShouldBe(after.Revision);
        (await Log(silo).Read(new LogQuery(after.Items[0].Position, 10), CancellationToken.None)).Revision.ShouldBe(
            after.Revision,
            "a page without facts knows it too"
        );
        after.Items[0].Fact.ShouldBe(before.Items[0].Fact! with { Callee = null, CaseId = null });
    }

    [Fact]
    public async Task Who_is_behind_removed_facts_learns_it_and_their_positions_are_not_given_again()
    {
        await using var silo = await fixture.StartAsync();
        foreach (var call in (string[])["a", "b", "c", "d"])
            await Send(silo, "w", call);

        var facts = await ReadAll(new Follower<LoggedFact>(Log(silo), LogDetail.Content));
        var places = await Places(silo, facts);
        var revision = (await Log(silo).ReadHistory(0, CancellationToken.None)).Revision;
        await silo.Execute("DELETE FROM fact WHERE position = @position", ("position", facts[1].Position));
        (await Log(silo).ReadHistory(0, CancellationToken.None)).Revision.ShouldBe(revision + 1);
        await silo.Execute("DELETE FROM fact WHERE position = @position", ("position", facts[0].Position));

        (await Judge(silo, places[0])).ShouldBe(PositionStatus.Valid, "facts that go with a workflow are not shown");
        await silo.Execute("UPDATE fact_horizon SET position = removed");

        (await Judge(silo, places[0])).ShouldBe(PositionStatus.Removed, "facts that go by age were shown");
        (await Judge(silo, places[1])).ShouldBe(PositionStatus.Valid, "nothing after it was removed");
        (await Judge(silo, places[1] with { Check = "00000000" })).ShouldBe(PositionStatus.OtherHistory);
        (await Judge(silo, places[2])).ShouldBe(PositionStatus.Valid);
        (await Judge(silo, places[2] with { Check = "00000000" })).ShouldBe(PositionStatus.OtherHistory);
        (await Judge(silo, places[3] with { Number = places[3].Number + 1 })).ShouldBe(PositionStatus.BeyondEnd);
        (await Judge(silo, new LogPosition(null, 0, null))).ShouldBe(PositionStatus.Valid, "all that is kept");
        (await ReadAll(new Follower<LoggedFact>(Log(silo), LogDetail.Content))).ShouldBe(facts[2..]);

        await silo.Execute("DELETE FROM fact");
        var end = await Log(silo).ReadHistory(places[3].Number, CancellationToken.None);
        (end.Latest, end.Judge(places[3])).ShouldBe((places[3].Number, PositionStatus.Valid));
        await Send(silo, "w", "e");
        var tail = new Follower<LoggedFact>(Log(silo)) { Position = places[3] };
        (await ReadAll(tail)).ShouldHaveSingleItem().Position.ShouldBeGreaterThan(places[3].Number);
    }

    [Fact]
    public async Task The_end_is_behind_everything_that_is_there()
    {
        await using var silo = await fixture.StartAsync();
        await Send(silo, "w", "before");
        var tail = new Follower<LoggedFact>(Log(silo));

        await Deadline.Until(tail.TrySkipToEnd, "the end of the log");
        await Send(silo, "w", "after");

        (await ReadAll(tail)).ShouldHaveSingleItem().Fact!.CaseId.ShouldBe("after");
    }

    private static async Task<PositionStatus> Judge(SiloUnderTest silo, LogPosition position) =>
        (await Log(silo).ReadHistory(position.Number, CancellationToken.None)).Judge(position);

    private static async Task<List<LogPosition>> Places(SiloUnderTest silo, List<LoggedFact> facts)
    {
        var epoch = (await Log(silo).ReadHistory(0, CancellationToken.None)).Epoch;
        return [.. facts.Select(fact => LogPosition.Of(epoch, fact.Position, fact.ReceiptId))];
    }

    private protected static IPositionLog<LoggedFact> Log(SiloUnderTest silo) =>
        silo.Services.GetRequiredService<IPositionLog<LoggedFact>>();

    /// <summary>Reads until nothing comes and nothing is waited for.</summary>
    private protected static async Task<List<LoggedFact>> ReadAll(Follower<LoggedFact> tail, int limit = 100)
    {
        var facts = new List<LoggedFact>();
        while (true)
        {
            var read = await tail.Read(limit);
            facts.AddRange(read);
            if (read.IsEmpty && !tail.IsWaiting)
                return facts;
        }
    }

    private protected static async Task Send(SiloUnderTest silo, string workflow, string call, string rest = "")
    {
        var fact = Calls.Of(call, "2") with { Callee = Callee, CaseId = call };
        var body = JsonSerializer.Serialize(
            new
            {
                workflow_id = workflow,
                workflow_name = "Lent",
                nodetask_id = "n",
                nodetask_name = "Lent node",
                case_id = call,
                callee_number = Callee,
                rest,
            }
        );
        await silo.NodeTask(workflow, "n").Receive(Calls.Receipt(workflow, fact, body)).InTime();
    }
}

/// <summary>The suite on SQLite.</summary>
public sealed class SqliteFactLog(SqliteSilo fixture) : FactLogSuite(fixture), IClassFixture<SqliteSilo>;

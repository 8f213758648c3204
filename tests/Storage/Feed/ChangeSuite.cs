using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Feed;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Feed;

/// <summary>The log of changes, and its followers.</summary>
public abstract class ChangeSuite(SiloFixture fixture)
{
    [Fact]
    public async Task Each_receipt_that_changed_something_has_a_position_in_the_order_of_its_workflow()
    {
        await using var silo = await fixture.StartAsync();
        await silo.Store(Enumerable.Range(0, 20).Select(i => Workflow($"w{i}", 1, 30)));
        await silo.Store(Enumerable.Range(20, 20).Select(i => Workflow($"w{i}", 1, 30)));

        var changes = await ReadAll(new Follower<Change>(Log(silo)), limit: 7);

        changes
            .Select(static change => change.Position)
            .ShouldBe(Enumerable.Range(1, 40 * 20).Select(static position => (long)position));
        foreach (var workflow in changes.GroupBy(static change => change.WorkflowId))
            workflow
                .Select(static change => change.Version)
                .ShouldBe(Enumerable.Range(1, 30).Where(IsChange).Select(static seq => (long)seq));

        (await silo.Number("SELECT count(*) FROM receipt WHERE (position IS NULL) <> (changes IS NULL)")).ShouldBe(0);
    }

    [Fact]
    public async Task A_change_is_read_with_its_transitions_and_its_workflow()
    {
        await using var silo = await fixture.StartAsync();
        await silo.Store(Workflow("reported", 1, 1));

        var change = (await ReadAll(new Follower<Change>(Log(silo)))).ShouldHaveSingleItem();

        var history = await silo.ReadModel.ListTransitions("reported", null, 10, CancellationToken.None);
        change.Transitions.ShouldBe(history.Items);
        (change.ReceiptId, change.Version, change.ReceivedAt).ShouldBe(
            (history.Items[0].ReceiptId, history.Items[0].Version, history.Items[0].At)
        );
        change.Workflow.ShouldNotBeNull();
        (change.Workflow.WorkflowId, change.Workflow.WorkflowName).ShouldBe(("reported", "A name"));
    }

    [Theory]
    [InlineData(LogDetail.Hint)]
    [InlineData(LogDetail.Content)]
    public async Task A_change_has_as_much_as_is_asked_for(LogDetail detail)
    {
        await using var silo = await fixture.StartAsync();
        await silo.Store(Workflow("a", 1, 6), Workflow("b", 1, 6));
        var whole = await ReadAll(new Follower<Change>(Log(silo)));

        var changes = await ReadAll(new Follower<Change>(Log(silo), detail), limit: 3);

        changes.Count.ShouldBe(8);
        foreach (var (change, full) in changes.Zip(whole))
        {
            change.Transitions.ShouldBe(detail == LogDetail.Hint ? [] : full.Transitions);
            (change with { Transitions = [] }).ShouldBe(full with { Transitions = [], Workflow = null });
        }
    }

    [Fact]
    public async Task A_page_is_of_one_workflow_and_of_a_range_if_so_asked()
    {
        await using var silo = await fixture.StartAsync();
        await silo.Store(Workflow("a", 1, 30), Workflow("b", 1, 30), Workflow("c", 1, 30));
        var all = await ReadAll(new Follower<Change>(Log(silo)));

        var page = await Log(silo).Read(new LogQuery(all[9].Position, 15) { WorkflowId = "b" }, CancellationToken.None);
        page.Items.Select(static change => change.Position)
            .ShouldBe(
                all.Skip(10)
                    .Where(static change => change.WorkflowId == "b")
                    .Take(15)
                    .Select(static change => change.Position)
            );
        page.End.ShouldBe(page.Items[^1].Position);

        var range = await Log(silo).Read(new LogQuery(10, 100) { UpTo = 20 }, CancellationToken.None);
        range
            .Items.Select(static change => change.Position)
            .ShouldBe(Enumerable.Range(11, 10).Select(static position => (long)position));
        range.End.ShouldBe(20);
    }

    [Fact]
    public async Task The_last_change_that_was_removed_of_a_workflow_is_read_in_its_place_without_its_transitions()
    {
        await using var silo = await fixture.StartAsync();
        await silo.Store(Workflow("hot", 1, 300), Workflow("other", 1, 30));
        var before = await ReadAll(new Follower<Change>(Log(silo), LogDetail.Content));

        await silo.Execute("DELETE FROM receipt WHERE workflow_id = @id AND seq <= @seq", ("id", "hot"), ("seq", 100));
        await silo.Execute("DELETE FROM receipt WHERE workflow_id = @id AND seq <= @seq", ("id", "hot"), ("seq", 290));
        var after = await ReadAll(new Follower<Change>(Log(silo), LogDetail.Content), limit: 7);

        var removed = before.Where(static change => change.WorkflowId == "hot" && change.Version <= 290).ToList();
        var record = after.Where(static change => change.Trimmed).ShouldHaveSingleItem();
        record.ShouldBe(
            removed[^1] with
            {
                Transitions = [],
                Trimmed = true,
            },
            "all but the transitions is still known"
        );
        after
            .Where(static change => !change.Trimmed)
            .Select(static change => change.Position)
            .ShouldBe(before.Except(removed).Select(static change => change.Position));
        after.Select(static change => change.Position).ShouldBeInOrder();
    }

    [Fact]
    public async Task Removed_changes_cost_one_look_and_their_positions_are_not_given_again()
    {
        await using var silo = await fixture.StartAsync();
        await silo.Store(Workflow("old", 1, 300));
        await silo.Store(Workflow("new", 1, 3));
        var tail = new Follower<Change>(Log(silo));
        var last = (await Log(silo).ReadHistory(0, CancellationToken.None)).Latest;

        await silo.Execute("DELETE FROM receipt WHERE workflow_id = @id", ("id", "old"));
        (await Log(silo).ReadHistory(0, CancellationToken.None)).Latest.ShouldBe(last);

        // One read finds the gap, the next passes it.
        (await tail.Read(10)).ShouldBeEmpty();
        (await tail.Read(10)).Select(static change => change.Position).ShouldBe([200, 201, 202]);

        await silo.Execute("DELETE FROM receipt");
        (await Log(silo).ReadHistory(0, CancellationToken.None)).Latest.ShouldBe(last);
        await silo.Store(Workflow("next", 1, 1));
        (await ReadAll(tail)).ShouldHaveSingleItem().Position.ShouldBe(last + 1);
    }

    [Fact]
    public async Task A_position_is_good_only_in_the_history_that_it_belongs_to()
    {
        await using var silo = await fixture.StartAsync();
        await silo.Store(Workflow("w", 1, 30));
        var tail = new Follower<Change>(Log(silo));
        await ReadAll(tail, limit: 7);
        var end = tail.Position;

        (await Judge(silo, end)).ShouldBe(PositionStatus.Valid);
        (await Judge(silo, end with { Epoch = null })).ShouldBe(
            PositionStatus.Valid,
            "an id of a build that did not name the epoch"
        );
        (await Judge(silo, end with { Epoch = "00000000" })).ShouldBe(PositionStatus.OtherHistory);
        (await Judge(silo, end with { Check = "00000000" })).ShouldBe(
            PositionStatus.OtherHistory,
            "another change is there"
        );
        (await Judge(silo, end with { Number = end.Number + 1 })).ShouldBe(PositionStatus.BeyondEnd);

        await silo.Execute("DELETE FROM receipt WHERE workflow_id = @id AND seq <= @seq", ("id", "w"), ("seq", 29));
        (await Judge(silo, end with { Number = 3 })).ShouldBe(PositionStatus.Valid, "what was there was removed");
        (await Judge(silo, end)).ShouldBe(PositionStatus.Valid);

        await silo.Execute("UPDATE change_epoch SET id = @id", ("id", "restored"));
        (await Judge(silo, end)).ShouldBe(PositionStatus.OtherHistory);
        (await tail.Read(10)).ShouldBeEmpty();
        tail.IsOfOtherHistory.ShouldBeTrue();
    }

    [Fact]
    public async Task The_follower_notices_that_the_log_went_back()
    {
        await using var silo = await fixture.StartAsync();
        await silo.Store(Workflow("w", 1, 30));
        var tail = new Follower<Change>(Log(silo));
        await ReadAll(tail);

        // As from a copy of the files: nothing but what came later is gone.
        await silo.Execute("DELETE FROM receipt WHERE seq > @seq", ("seq", 10));
        await silo.Execute("DELETE FROM change_trimmed");
        await silo.Execute("UPDATE change_horizon SET position = 0");

        (await tail.Read(10)).ShouldBeEmpty();
        tail.IsOfOtherHistory.ShouldBeTrue();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(700)]
    [InlineData(1203)]
    public async Task The_changes_of_a_workflow_with_many_receipts_are_read_in_pages_that_look_at_few_of_them(
        long after
    )
    {
        const int Receipts = 3600;
        await using var silo = await fixture.StartAsync();
        await silo.Store(Workflow("other", 1, 1));
        await silo.Store(Workflow("more", 1, Receipts));
        await silo.Execute(
            "UPDATE receipt SET position = NULL, changes = NULL WHERE workflow_id = @id AND seq BETWEEN 900 AND 2700",
            ("id", "more")
        );

        var (positions, at, pages) = (new List<long>(), after, 0);
        var seq = await Log(silo).FindSeq("more", after, CancellationToken.None);
        while (at < long.MaxValue)
        {
            var query = new LogQuery(at, 200) { WorkflowId = "more", AfterSeq = seq };
            var page = await Log(silo).Read(query, CancellationToken.None);
            page.Seq.ShouldBeLessThanOrEqualTo(seq + 1000);
            positions.AddRange(page.Items.Select(static change => change.Position));
            (at, seq, pages) = (page.End, page.Seq, pages + 1);
        }

        positions.Count.ShouldBe(
            (int)
                await silo.Number(
                    "SELECT count(*) FROM receipt WHERE workflow_id = @id AND position > @after",
                    ("id", "more"),
                    ("after", after)
                )
        );
        positions.ShouldBeInOrder();
        pages.ShouldBeLessThan(Receipts / 200);
    }

    [Fact]
    public async Task The_end_is_behind_everything_that_is_there()
    {
        await using var silo = await fixture.StartAsync();
        await silo.Store(Workflow("before", 1, 9));
        var tail = new Follower<Change>(Log(silo));

        await Deadline.Until(tail.TrySkipToEnd, "the end of the log");
        await silo.Store(Workflow("after", 1, 1));

        (await ReadAll(tail)).ShouldHaveSingleItem().WorkflowId.ShouldBe("after");
    }

    private static async Task<PositionStatus> Judge(SiloUnderTest silo, LogPosition position) =>
        (await Log(silo).ReadHistory(position.Number, CancellationToken.None)).Judge(position);

    private protected static IPositionLog<Change> Log(SiloUnderTest silo) =>
        silo.Services.GetRequiredService<IPositionLog<Change>>();

    /// <summary>Reads until nothing comes and nothing is waited for.</summary>
    private protected static async Task<List<Change>> ReadAll(Follower<Change> tail, int limit = 100)
    {
        var changes = new List<Change>();
        ImmutableArray<Change> read;
        do
        {
            read = await tail.Read(limit);
            changes.AddRange(read);
        } while (!read.IsEmpty || tail.IsWaiting);

        return changes;
    }

    /// <summary>A commit of a new workflow with receipts of which two in three changed something.</summary>
    private protected static WorkflowCommit Workflow(string id, int first, int count) =>
        Sample.Listed(Sample.Workflow(id, first + count - 1)) with
        {
            Receipts =
            [
                .. Enumerable
                    .Range(first, count)
                    .Select(static seq =>
                        Sample.Receipt(Guid.CreateVersion7(), seq) with
                        {
                            Transitions = IsChange(seq) ? [Sample.Transition] : [],
                        }
                    ),
            ],
        };

    private static bool IsChange(int seq) => seq % 3 != 0;
}

/// <summary>The suite on SQLite.</summary>
public sealed class SqliteChanges(SqliteSilo fixture) : ChangeSuite(fixture), IClassFixture<SqliteSilo>;

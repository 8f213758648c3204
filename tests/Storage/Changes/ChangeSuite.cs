using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Storage.Changes;
using Orleans.Workflow.Storage.GroupCommit;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Changes;

/// <summary>The log of changes, and who follows it.</summary>
public abstract class ChangeSuite(SiloFixture fixture)
{
    [Fact]
    public async Task Each_receipt_that_changed_something_has_a_position_in_the_order_of_its_workflow()
    {
        await using var silo = await fixture.StartAsync();
        await Store(silo, [.. Enumerable.Range(0, 20).Select(i => Workflow($"w{i}", 1, 30))]);
        await Store(silo, [.. Enumerable.Range(20, 20).Select(i => Workflow($"w{i}", 1, 30))]);

        var changes = await ReadAll(new Follower(Log(silo)), limit: 7);

        changes.Select(static change => change.Position).ShouldBe(Enumerable.Range(1, 40 * 20).Select(static position => (long)position));
        foreach (var workflow in changes.GroupBy(static change => change.WorkflowId))
            workflow.Select(static change => change.Version).ShouldBe(Enumerable.Range(1, 30).Where(IsChange).Select(static seq => (long)seq));

        (await silo.Number("SELECT count(*) FROM receipt WHERE (position IS NULL) <> (changes IS NULL)")).ShouldBe(0);
    }

    [Fact]
    public async Task A_change_is_told_with_its_transitions_and_its_workflow()
    {
        await using var silo = await fixture.StartAsync();
        await Store(silo, [Workflow("told", 1, 1)]);

        var change = (await ReadAll(new Follower(Log(silo)))).ShouldHaveSingleItem();

        var history = await silo.ReadModel.ListTransitions("told", null, 10, CancellationToken.None);
        change.Transitions.ShouldBe(history.Items);
        (change.ReceiptId, change.Version, change.ReceivedAt).ShouldBe((history.Items[0].ReceiptId, history.Items[0].Version, history.Items[0].At));
        change.Workflow.ShouldNotBeNull();
        (change.Workflow.WorkflowId, change.Workflow.WorkflowName).ShouldBe(("told", "A name"));
    }

    [Theory]
    [InlineData(ChangeDetail.Place)]
    [InlineData(ChangeDetail.Transitions)]
    public async Task A_change_has_as_much_as_is_asked_for(ChangeDetail detail)
    {
        await using var silo = await fixture.StartAsync();
        await Store(silo, [Workflow("a", 1, 6), Workflow("b", 1, 6)]);
        var whole = await ReadAll(new Follower(Log(silo)));

        var changes = await ReadAll(new Follower(Log(silo), detail), limit: 3);

        changes.Count.ShouldBe(8);
        foreach (var (change, full) in changes.Zip(whole))
        {
            change.Transitions.ShouldBe(detail == ChangeDetail.Place ? [] : full.Transitions);
            (change with { Transitions = [] }).ShouldBe(full with { Transitions = [], Workflow = null });
        }
    }

    [Fact]
    public async Task A_page_is_of_one_workflow_and_of_a_range_if_so_asked()
    {
        await using var silo = await fixture.StartAsync();
        await Store(silo, [Workflow("a", 1, 30), Workflow("b", 1, 30), Workflow("c", 1, 30)]);
        var all = await ReadAll(new Follower(Log(silo)));

        var page = await Log(silo).Read(new ChangeQuery(all[9].Position, 15) { WorkflowId = "b" }, CancellationToken.None);
        page.Items.Select(static change => change.Position).ShouldBe(
            all.Skip(10).Where(static change => change.WorkflowId == "b").Take(15).Select(static change => change.Position));
        page.End.ShouldBe(page.Items[^1].Position);

        var range = await Log(silo).Read(new ChangeQuery(10, 100) { UpTo = 20 }, CancellationToken.None);
        range.Items.Select(static change => change.Position).ShouldBe(Enumerable.Range(11, 10).Select(static position => (long)position));
        range.End.ShouldBe(20);
    }

    [Fact]
    public async Task Removed_changes_raise_the_horizon_cost_nothing_and_their_positions_are_not_given_again()
    {
        await using var silo = await fixture.StartAsync();
        await Store(silo, [Workflow("old", 1, 300)]);
        await Store(silo, [Workflow("new", 1, 3)]);
        var tail = new Follower(Log(silo));
        var last = (await Log(silo).ReadBounds(CancellationToken.None)).Latest;

        await silo.Execute("DELETE FROM receipt WHERE workflow_id = @id", ("id", "old"));
        (await Log(silo).ReadBounds(CancellationToken.None)).ShouldBe(new ChangeBounds(Horizon: 200, Latest: last));
        (await Log(silo).Read(new ChangeQuery(0, 10), CancellationToken.None)).Horizon.ShouldBe(200);

        // One read finds the gap, the next passes it.
        (await tail.Read(10)).ShouldBeEmpty();
        (await tail.Read(10)).Select(static change => change.Position).ShouldBe([201, 202]);

        await silo.Execute("DELETE FROM receipt");
        (await Log(silo).ReadBounds(CancellationToken.None)).ShouldBe(new ChangeBounds(last, last));
        await Store(silo, [Workflow("next", 1, 1)]);
        (await ReadAll(tail)).ShouldHaveSingleItem().Position.ShouldBe(last + 1);
    }

    [Fact]
    public async Task The_end_is_behind_everything_that_is_there()
    {
        await using var silo = await fixture.StartAsync();
        await Store(silo, [Workflow("before", 1, 9)]);
        var tail = new Follower(Log(silo));

        await Deadline.Until(tail.TryMoveToEnd, "the end of the log");
        await Store(silo, [Workflow("after", 1, 1)]);

        (await ReadAll(tail)).ShouldHaveSingleItem().WorkflowId.ShouldBe("after");
    }

    private protected static IChangeLog Log(SiloUnderTest silo) => silo.Services.GetRequiredService<IChangeLog>();

    /// <summary>Reads until nothing comes and nothing is waited for.</summary>
    private protected static async Task<List<Change>> ReadAll(Follower tail, int limit = 100)
    {
        var changes = new List<Change>();
        ImmutableArray<Change> read;
        do
        {
            read = await tail.Read(limit);
            changes.AddRange(read);
        }
        while (!read.IsEmpty || tail.IsWaiting);

        return changes;
    }

    /// <summary>A commit of a new workflow with receipts of which two in three changed something.</summary>
    private protected static CommitRows Workflow(string id, int first, int count) => new(
        Sample.Workflow(id, first + count - 1),
        MovesInOrders: true,
        [.. Enumerable.Range(first, count).Select(static seq => Sample.Receipt(Guid.CreateVersion7(), seq) with { Transitions = IsChange(seq) ? [Sample.Transition] : [] })]);

    private protected static async Task Store(SiloUnderTest silo, IReadOnlyList<CommitRows> rows)
    {
        var writes = rows
            .Select(static row => new StateWrite(RowKey.Of(Sample.Grain(row.Workflow.WorkflowId), "workflow"), null, "{}"u8.ToArray(), row))
            .ToList();
        var outcomes = await silo.Services.GetRequiredService<IStateDatabase>().Write(writes, CancellationToken.None);
        outcomes.ShouldAllBe(static outcome => outcome.Version == 1);
    }

    private static bool IsChange(int seq) => seq % 3 != 0;
}

/// <summary>The suite on SQLite.</summary>
public sealed class SqliteChanges(SqliteSilo fixture) : ChangeSuite(fixture), IClassFixture<SqliteSilo>;

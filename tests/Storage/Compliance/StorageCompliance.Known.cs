using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Compliance;

/// <summary>Receipts that are stored already: a client may send a receipt again as if it were the first time.</summary>
public abstract partial class StorageCompliance
{
    [Fact]
    public async Task A_commit_with_a_receipt_that_is_stored_changes_nothing_and_brings_its_first_answer()
    {
        var (id, receiptId) = (Sample.Unique("known"), Guid.CreateVersion7());
        await ShouldCommit(Sample.Commit(id, "first", receiptId: receiptId));
        var again = Sample.Commit(id, "again", version: 1, receiptId);
        again = again with { Receipts = [.. again.Receipts, Sample.Receipt(Guid.CreateVersion7(), 3)] };

        ShouldBeKnown(await Commit(again), new Acknowledgement(receiptId, ReceiptEffect.Advanced, 1));

        (await Read(id)).Text().ShouldBe("first");
        (await DerivedRows(id)).ShouldBe(3);
    }

    /// <summary>Each answer is another one, and the receipts come in another order than they were stored in.</summary>
    [Fact]
    public async Task Of_several_receipts_that_are_stored_each_has_its_first_answer()
    {
        var (id, first, second) = (Sample.Unique("known"), Guid.CreateVersion7(), Guid.CreateVersion7());
        var repeat = Sample.Unchanged(id, 2, 3);
        await ShouldCommit(Sample.Commit(id, receiptId: first));
        await ShouldCommit(Sample.Commit(id, version: 1, receiptId: second));
        await ShouldCommit(repeat);

        var again = Sample.Unchanged(id, 3, 4, 5, 6, 7);
        Guid[] ids = [again.Receipts[0].Id, repeat.Receipts[0].Id, first, second];
        again = again with { Receipts = [.. again.Receipts.Select((receipt, i) => receipt with { Id = ids[i] })] };

        ShouldBeKnown(
            await Commit(again),
            new Acknowledgement(first, ReceiptEffect.Advanced, 1),
            new Acknowledgement(second, ReceiptEffect.Advanced, 2),
            new Acknowledgement(repeat.Receipts[0].Id, ReceiptEffect.Duplicate, 1));
        (await Receipts(id)).ShouldBe(3);
    }

    [Fact]
    public async Task A_receipt_that_another_workflow_has_is_not_stored_twice()
    {
        var (owner, other, receiptId) = (Sample.Unique("owner"), Sample.Unique("thief"), Guid.CreateVersion7());
        await ShouldCommit(Sample.Commit(owner, "first", receiptId: receiptId));

        ShouldBeKnown(
            await Commit(Sample.Commit(other, "second", receiptId: receiptId)), new Acknowledgement(receiptId, ReceiptEffect.Advanced, 1));

        (await StateRows(other)).ShouldBe(0);
        (await DerivedRows(other)).ShouldBe(0);
        (await Read(owner)).Text().ShouldBe("first");
    }

    /// <summary>What changed the state comes first: the activation has not seen it.</summary>
    [Fact]
    public async Task A_commit_that_is_not_next_says_so_although_its_receipt_is_stored()
    {
        var (id, receiptId) = (Sample.Unique("known"), Guid.CreateVersion7());
        await ShouldCommit(Sample.Commit(id, "first", receiptId: receiptId));

        await ShouldNotBeNext(Sample.Commit(id, "again", receiptId: receiptId), stored: "first");

        (await DerivedRows(id)).ShouldBe(3);
    }

    [Fact]
    public async Task Receipts_that_are_stored_hold_nobody_else_of_their_batch_up()
    {
        await using var storage = new OneLane(Silo);
        var (owner, taken) = (Sample.Unique("owner"), Guid.CreateVersion7());
        await ShouldCommit(Sample.Commit(owner, receiptId: taken));
        var ids = Enumerable.Range(0, 100).Select(static _ => Sample.Unique("beside")).ToList();

        var results = await storage.CommitTogether(ids.Select((id, i) =>
            Sample.Commit(id, receiptId: i % 10 == 3 ? taken : null)));

        storage.Database.Batches.Select(static batch => batch.Count).ShouldBe([1, 100], "no such receipt splits a batch");
        for (var i = 0; i < ids.Count; i++)
        {
            if (i % 10 == 3)
                ShouldBeKnown(results[i], new Acknowledgement(taken, ReceiptEffect.Advanced, 1));
            else
                results[i].ShouldBe(new CommitResult.Committed(1));

            (await DerivedRows(ids[i])).ShouldBe(i % 10 == 3 ? 0 : 3);
        }
    }

    private static void ShouldBeKnown(CommitResult result, params Acknowledgement[] answers) =>
        result.ShouldBeOfType<CommitResult.Known>().Receipts.ShouldBe(answers, ignoreOrder: true);
}

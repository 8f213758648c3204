using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Grains.Workflows;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Compliance;

/// <summary>Receipts that change nothing leave the stored state as it is, and raise the row's version.</summary>
public abstract partial class StorageCompliance
{
    [Fact]
    public async Task Receipts_that_change_nothing_leave_the_state_as_it_is_and_their_number_is_read_with_it()
    {
        var id = Sample.Unique("unchanged");
        await ShouldCommit(Sample.Commit(id, "first"));
        await ShouldCommit(Sample.Unchanged(id, 1, 2, 3));
        await ShouldCommit(Sample.Unchanged(id, 2, 4));

        var read = (await Read(id)).ShouldNotBeNull();
        (read.Text(), read.Version, read.Seq, read.LastReceivedAt).ShouldBe(("first", 3, 4, Sample.Time + 4));
        (await Receipts(id), await Seq(id)).ShouldBe((4, 4));

        // What changes something follows it.
        await ShouldCommit(Sample.Commit(id, "second", version: 3) with { Receipts = [Sample.Receipt(Guid.CreateVersion7(), 5)] });
        ((await Read(id)).Text(), await Receipts(id)).ShouldBe(("second", 5));
    }

    [Fact]
    public async Task An_activation_that_missed_what_another_one_received_writes_nothing_and_nobody_else_fails_with_it()
    {
        await using var storage = new OneLane(Silo);
        var ids = Enumerable.Range(0, 40).Select(static _ => Sample.Unique("unchanged")).ToList();
        await Silo.Store(ids.Select(static id => Sample.Commit(id)));

        // Of every fifth another activation has received something that changed nothing.
        foreach (var id in ids.Where(static (_, i) => i % 5 == 0))
            await ShouldCommit(Sample.Unchanged(id, 1, 2));

        var results = await storage.CommitTogether(ids.Select(static (id, i) =>
            i % 2 == 0 ? Sample.Unchanged(id, 1, 2) : Sample.Commit(id, version: 1)));

        for (var i = 0; i < ids.Count; i++)
        {
            if (i % 5 == 0)
                results[i].ShouldBe(new CommitResult.NotNext());
            else
                results[i].ShouldBe(new CommitResult.Committed(2));

            ((await Read(ids[i]))!.Version, await Receipts(ids[i]), await Seq(ids[i])).ShouldBe((2, 2, 2), $"workflow {i}");
        }
    }

    [Fact]
    public async Task Nothing_is_added_to_a_deleted_workflow_by_an_activation_that_does_not_know()
    {
        var id = Sample.Unique("deleted");
        await ShouldCommit(Sample.Commit(id, "first"));
        var tombstone = new BaselineRow(id, 2, 1, "vocabulary", "{}", IsDeleted: true, Sample.Time);
        await ShouldCommit(Sample.Commit(id, "deleted", version: 1) with
        {
            IsListed = false,
            Removal = new Removal(tombstone, StateSnapshots.NameOf(id)),
        });

        await ShouldNotBeNext(Sample.Unchanged(id, 1, 2), stored: "deleted");

        (await DerivedRows(id)).ShouldBe(0);
        (await Read(id)).ShouldNotBeNull().Version.ShouldBe(2);
    }

    private Task<long> Receipts(string id) => Silo.Number("SELECT count(*) FROM receipt WHERE workflow_id = @id", ("id", id));

    private Task<long> Seq(string id) => Silo.Number("SELECT seq FROM workflow WHERE workflow_id = @id", ("id", id));
}

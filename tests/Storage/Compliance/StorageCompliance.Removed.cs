using Microsoft.Extensions.DependencyInjection;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Compliance;

/// <summary>Commits after retention has removed receipts.</summary>
public abstract partial class StorageCompliance
{
    /// <summary>No receipt was added since: only the version of the row says that something changed.</summary>
    [Fact]
    public async Task A_commit_from_before_receipts_were_removed_changes_nothing()
    {
        var id = Sample.Unique("trimmed");
        await ShouldCommit(Sample.Commit(id, "first"));
        await ShouldCommit(Sample.Commit(id, "second", version: 1));
        await Remove(id, throughSeq: 1);

        await ShouldNotBeNext(Sample.Commit(id, "stale", version: 2), stored: "second");
        await ShouldNotBeNext(Sample.Unchanged(id, 2, 3), stored: "second");

        (await Receipts(id), await Seq(id)).ShouldBe((1, 2));
        await ShouldCommit(Sample.Unchanged(id, 3, 3));
    }

    [Fact]
    public async Task A_workflow_whose_row_is_gone_does_not_begin_again_once_receipts_were_removed()
    {
        var id = Sample.Unique("trimmed");
        await ShouldCommit(Sample.Commit(id, "first"));
        await Remove(id, throughSeq: 1);
        await Silo.Execute(
            "DELETE FROM orleansstorage WHERE grainidextensionstring = @key", ("key", GrainKeys.Workflow(id)));

        await ShouldNotBeNext(Sample.Commit(id, "again"), stored: null);

        (await StateRows(id), await Receipts(id)).ShouldBe((0, 0));
    }

    private async Task Remove(string id, long throughSeq)
    {
        var baseline = new BaselineRow(
            id, throughSeq, throughSeq, "vocabulary", "{}", IsDeleted: false, Sample.Time);
        var store = Silo.Services.GetRequiredService<IRetentionStore>();
        (await store.Replace(baseline, CancellationToken.None).InTime()).ShouldBe((int)throughSeq);
    }
}

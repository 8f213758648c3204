using Microsoft.Extensions.DependencyInjection;
using Orleans.Workflow.Grains.Audit;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Grains.Receipts;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.FailingStorage;

/// <summary>An activation that is ahead of its database, as after a failover to a standby that was behind.</summary>
public abstract partial class GrainsOverFailingStorage
{
    [Theory]
    [InlineData("failed", 0)]
    [InlineData("paused", 0)]
    [InlineData("failed", 1)]
    [InlineData("paused", 1)]
    public async Task An_activation_that_is_ahead_of_its_database_goes_on_from_what_is_stored(string status, int trims)
    {
        var id = Sample.Unique("ahead");
        var workflow = Silo.Workflow(id);
        foreach (var word in (string[])["running", "paused", "running"])
            await workflow.Receive(Receipts.Of(id, word, ("n", word)));

        await Silo.Execute("CREATE TABLE standby AS SELECT * FROM orleansstorage WHERE grainidextensionstring = @key", ("key", GrainKeys.Workflow(id)));
        foreach (var word in (string[])["finished", "failed"])
            await workflow.Receive(Receipts.Of(id, word, ("n", word), ("lost", word)));

        await FailOver(id, lastSeq: 3);
        for (var trim = 0; trim < trims; trim++)
            (await Trim(id)).ShouldBe(1, "retention goes on beside it");

        // The activation shows what was lost until it commits; then it goes on from what is stored.
        var answer = await OnceReloaded(() => workflow.Receive(Receipts.Of(id, status)));

        answer.Version.ShouldBe(4);
        (await Silo.Number("SELECT max(seq) FROM receipt WHERE workflow_id = @id", ("id", id))).ShouldBe(4);
        (await ReceiptRows(id)).ShouldBe(4 - trims, "no place is left out");
        var state = (await OnceReloaded(workflow.GetState)).ShouldNotBeNull();
        (state.Version, state.Status, state.Nodes.Length).ShouldBe((4, status, 1));
        await ShouldBeSound(id);
        await Reactivate(id);
        (await workflow.GetState())!.Status.ShouldBe(status);
        await ShouldBeSound(id);
    }

    /// <summary>Receipts that change nothing would keep the stored state, which is not the one in memory.</summary>
    [Fact]
    public async Task What_changes_nothing_for_an_activation_that_is_ahead_changes_what_is_stored()
    {
        var id = Sample.Unique("ahead");
        var workflow = Silo.Workflow(id);
        await workflow.Receive(Receipts.Of(id, "running"));
        await Silo.Execute("CREATE TABLE standby AS SELECT * FROM orleansstorage WHERE grainidextensionstring = @key", ("key", GrainKeys.Workflow(id)));
        await workflow.Receive(Receipts.Of(id, "finished"));
        await FailOver(id, lastSeq: 1);

        var answer = await OnceReloaded(() => workflow.Receive(Receipts.Of(id, "finished")));

        (answer.Effect, answer.Version).ShouldBe((ReceiptEffect.Advanced, 2));
        (await workflow.GetState())!.Status.ShouldBe("finished");
        await ShouldBeSound(id);
    }

    /// <summary>Puts a workflow back to what the standby had of it.</summary>
    private async Task FailOver(string id, long lastSeq)
    {
        await Silo.Execute("DELETE FROM receipt WHERE workflow_id = @id AND seq > @seq", ("id", id), ("seq", lastSeq));
        await Silo.Execute("DELETE FROM change_trimmed WHERE workflow_id = @id", ("id", id));
        await Silo.Execute("DELETE FROM orleansstorage WHERE grainidextensionstring = @key", ("key", GrainKeys.Workflow(id)));
        await Silo.Execute("INSERT INTO orleansstorage SELECT * FROM standby");
        await Silo.Execute("DROP TABLE standby");
    }

    private async Task<int> Trim(string id)
    {
        var held = await Silo.Number("SELECT min(seq) FROM receipt WHERE workflow_id = @id", ("id", id));
        return await Silo.Services.GetRequiredService<ReceiptTrimmer>().Trim(id, held, long.MaxValue, CancellationToken.None);
    }

    private async Task ShouldBeSound(string id)
    {
        await using var snapshot = await Silo.Services.GetRequiredService<IWorkflowSnapshots>().Open(CancellationToken.None);
        (await Silo.Services.GetRequiredService<WorkflowAuditor>().Audit(snapshot, id, CancellationToken.None)).Findings.ShouldBeEmpty();
    }
}

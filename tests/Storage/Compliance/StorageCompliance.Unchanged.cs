using Orleans.Storage;
using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Grains.Workflows;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Compliance;

/// <summary>Receipts that change nothing leave the stored state as it is.</summary>
public abstract partial class StorageCompliance
{
    [Fact]
    public async Task What_was_only_heard_leaves_the_state_row_alone_and_is_read_with_it()
    {
        var (id, state) = await WriteFirst();
        await Write(WorkflowOf(id), Heard(state, id, 2, 3));
        await Write(WorkflowOf(id), Heard(state, id, 4));

        state.ETag.ShouldBe("1");
        (await RowVersion(id), await Receipts(id), await Seq(id)).ShouldBe((1, 4, 4));
        var read = await Read(WorkflowOf(id));
        (read.ETag, read.State!.Workflow!.Seq, read.State.Workflow.LastReceivedAt).ShouldBe(("1", 4, Sample.Time + 4));

        // What changes something follows it.
        read.State = read.State with { Workflow = read.State.Workflow with { Seq = 5 }, Rows = Sample.Rows(id, seq: 5) };
        await Write(WorkflowOf(id), read);
        (read.ETag, await Receipts(id), await Seq(id)).ShouldBe(("2", 5, 5));
    }

    [Fact]
    public async Task Whoever_has_not_heard_what_another_activation_has_writes_nothing_and_nobody_else_fails_with_it()
    {
        await using var storage = new OneLane(Silo);
        var written = new List<(string Id, GrainState<WorkflowGrainState> State)>();
        for (var i = 0; i < 40; i++)
            written.Add(await WriteFirst());

        // Of every fifth another activation hears something, and the version of its state stays as it was.
        for (var i = 0; i < written.Count; i += 5)
            await Write(WorkflowOf(written[i].Id), Heard(new GrainState<WorkflowGrainState>(written[i].State.State!) { ETag = "1" }, written[i].Id, 2));

        var states = written.Select(static (of, i) => i % 2 == 0 ? Heard(of.State, of.Id, 2) : Changed(of.State, of.Id, 2)).ToList();
        var failures = await storage.WriteTogether(written.ConvertAll(static of => GrainKeys.Workflow(of.Id)), states);

        for (var i = 0; i < written.Count; i++)
        {
            (failures[i] is not null).ShouldBe(i % 5 == 0, $"workflow {i}: {failures[i]}");
            if (i % 10 == 0)
                failures[i].ShouldBeOfType<InconsistentStateException>();

            (await RowVersion(written[i].Id), await Receipts(written[i].Id), await Seq(written[i].Id))
                .ShouldBe((i % 2 == 0 || i % 5 == 0 ? 1 : 2, 2, 2), $"workflow {i}");
        }
    }

    [Fact]
    public async Task Nothing_is_heard_of_a_workflow_that_is_deleted()
    {
        var (id, state) = await WriteFirst();
        var stale = new GrainState<WorkflowGrainState>(state.State!) { ETag = state.ETag };
        var removal = new Removal(id, null, default);
        state.State = state.State! with { Rows = Sample.Rows(id, seq: 2) with { Removal = removal } };
        await Write(WorkflowOf(id), state);

        await Should.ThrowAsync<InconsistentStateException>(Write(WorkflowOf(id), Heard(stale, id, 2)));

        (await Read(WorkflowOf(id))).State!.Workflow!.Seq.ShouldBe(1, "the list no longer counts for it");
    }

    private static GrainId WorkflowOf(string id) => Sample.Grain(GrainKeys.Workflow(id));

    private static GrainState<WorkflowGrainState> Heard(GrainState<WorkflowGrainState> state, string id, params long[] seqs)
    {
        var rows = new CommitRows(
            Sample.Workflow(id) with { Seq = seqs[^1], LastReceivedAt = Sample.Time + seqs[^1] },
            MovesInOrders: false,
            [.. seqs.Select(static seq => Sample.Receipt(Guid.CreateVersion7(), seq) with { Effect = ReceiptEffect.Duplicate, Version = 1 })]);
        state.State = state.State! with { Rows = rows with { KeepsState = true } };
        return state;
    }

    private static GrainState<WorkflowGrainState> Changed(GrainState<WorkflowGrainState> state, string id, long seq)
    {
        state.State = state.State! with { Rows = Sample.Rows(id, seq: seq) };
        return state;
    }

    private async Task<(string Id, GrainState<WorkflowGrainState> State)> WriteFirst()
    {
        var id = Sample.Unique("heard");
        var workflow = WorkflowState.Unknown(id) with { Seq = 1, Version = 1, LastReceivedAt = Sample.Time + 1 };
        var state = new GrainState<WorkflowGrainState>(new WorkflowGrainState { Workflow = workflow, Rows = Sample.Rows(id) });
        await Write(WorkflowOf(id), state);
        return (id, state);
    }

    private Task<long> RowVersion(string id) =>
        Silo.Number("SELECT version FROM orleansstorage WHERE grainidextensionstring = @key", ("key", GrainKeys.Workflow(id)));

    private Task<long> Receipts(string id) => Silo.Number("SELECT count(*) FROM receipt WHERE workflow_id = @id", ("id", id));

    private Task<long> Seq(string id) => Silo.Number("SELECT seq FROM workflow WHERE workflow_id = @id", ("id", id));
}

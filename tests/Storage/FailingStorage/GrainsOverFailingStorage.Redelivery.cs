using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.FailingStorage;

public abstract partial class GrainsOverFailingStorage
{
    [Fact]
    public async Task A_receipt_that_is_delivered_again_while_it_is_committed_answers_its_first_effect()
    {
        var id = Sample.Unique("again");
        var workflow = Silo.Workflow(id);
        var held = Control.Hold(Of(id));
        var (committing, waiting) = (Receipts.Of(id, "running"), Receipts.Of(id, "finished"));
        var first = await Send(workflow, committing);
        await held.Reached;
        var second = await Send(workflow, waiting);

        var again = new[] { workflow.Receive(committing), workflow.Receive(waiting) };
        held.Release();

        (await again[0].InTime()).ShouldBe(await first[0]);
        (await again[1].InTime()).ShouldBe(await second[0]);
        (await first[0], await second[0]).ShouldBe((
            new Acknowledgement(committing.Id, ReceiptEffect.Advanced, 1), new Acknowledgement(waiting.Id, ReceiptEffect.Advanced, 2)));
        (await ReceiptRows(id)).ShouldBe(2);
    }

    [Fact]
    public async Task A_receipt_that_is_delivered_again_later_answers_its_first_effect()
    {
        var id = Sample.Unique("again");
        var workflow = Silo.Workflow(id);
        var (early, late) = (Receipts.Of(id, "running"), Receipts.Of(id, "finished"));
        var (first, second) = (await workflow.Receive(early), await workflow.Receive(late));

        (await workflow.Receive(early)).ShouldBe(first);
        await Reactivate(id);
        (await workflow.Receive(late)).ShouldBe(second);

        (await workflow.GetState())!.Version.ShouldBe(2);
        (await ReceiptRows(id)).ShouldBe(2);
    }

    [Fact]
    public async Task A_receipt_that_is_delivered_again_after_a_restart_of_the_silo_answers_its_first_effect()
    {
        var id = Sample.Unique("again");
        var (early, late) = (Receipts.Of(id, "running"), Receipts.Of(id, "finished"));
        var stopping = await fixture.StartAsync();
        Acknowledgement first;
        await using (stopping)
        {
            first = await stopping.Workflow(id).Receive(early);
            await stopping.Workflow(id).Receive(late);
        }

        await using var silo = await SiloUnderTest.StartAsync(stopping.Settings);
        (await silo.Workflow(id).Receive(early)).ShouldBe(first);
        (await silo.Workflow(id).GetState())!.Version.ShouldBe(2);
        (await silo.Number("SELECT count(*) FROM receipt")).ShouldBe(2);
    }

    [Fact]
    public async Task A_receipt_that_is_delivered_many_times_at_once_is_written_once()
    {
        for (var round = 0; round < 10; round++)
        {
            var id = Sample.Unique("again");
            var workflow = Silo.Workflow(id);
            var receipt = Receipts.Of(id, "running");

            var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => OnceReloaded(() => workflow.Receive(receipt)))).InTime();

            answers.ShouldAllBe(answer => answer == new Acknowledgement(receipt.Id, ReceiptEffect.Advanced, 1));
            (await ReceiptRows(id)).ShouldBe(1);
        }
    }

    /// <summary>A .NET client that crashed counts its attempts from 1 again. The commit finds what is stored, whatever the attempt says.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_receipt_that_comes_again_as_a_first_attempt_has_its_first_answer(bool toAnotherActivation)
    {
        var id = Sample.Unique("first-again");
        var workflow = Silo.Workflow(id);
        var (early, late) = (Receipts.Of(id, "running"), Receipts.Of(id, "finished"));
        var (first, second) = (await workflow.Receive(early), await workflow.Receive(late));
        if (toAnotherActivation)
            await Deactivate(Silo, id);

        for (var i = 0; i < 4; i++)
        {
            (await workflow.Receive(early).InTime()).ShouldBe(first);
            (await workflow.Receive(late).InTime()).ShouldBe(second);
        }

        (await workflow.GetState())!.Version.ShouldBe(2);
        (await ReceiptRows(id)).ShouldBe(2);
        (await workflow.Receive(Receipts.Of(id, "failed"))).Version.ShouldBe(3);
    }

    [Fact]
    public async Task What_shares_a_commit_with_a_receipt_that_is_stored_is_written()
    {
        var (id, other) = (Sample.Unique("beside"), Sample.Unique("other"));
        var (workflow, known) = (Silo.Workflow(id), Receipts.Of(id, "running"));
        var first = await workflow.Receive(known);
        var held = Control.Hold(write => write.Key.GrainKey == GrainKeys.Workflow(id) || write.Key.GrainKey == GrainKeys.Workflow(other));

        // The first opens a commit; what comes meanwhile shares the next one, of this workflow and of the other.
        var opening = await Send(workflow, Receipts.Of(id, "paused"));
        await held.Reached;
        var beside = await Send(workflow, Receipts.Of(id, "finished"), known, Receipts.Of(id, "failed"));
        var others = await Send(Silo.Workflow(other), Receipts.Of(other, "running"));
        held.Release();

        (await opening[0].InTime()).Version.ShouldBe(2);
        (await beside[1].InTime()).ShouldBe(first);
        ((await beside[0].InTime()).Version, (await beside[2].InTime()).Version, (await others[0].InTime()).Version).ShouldBe((3, 4, 1));
        (await ReceiptRows(id)).ShouldBe(4);
        (await Silo.Number("SELECT count(*) FROM receipt WHERE workflow_id = @id AND seq BETWEEN 1 AND 4", ("id", id))).ShouldBe(4);
        (await workflow.GetState())!.Contested.ShouldBe(["failed", "finished"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_first_delivery_that_comes_after_the_second_answers_its_effect()
    {
        var id = Sample.Unique("overtaken");
        var workflow = Silo.Workflow(id);
        var late = Receipts.Of(id, "running");
        var answer = await workflow.Receive(late);

        (await workflow.Receive(late)).ShouldBe(answer);

        (await workflow.GetState())!.Version.ShouldBe(1);
        (await ReceiptRows(id)).ShouldBe(1);
    }

    [Fact]
    public async Task A_first_delivery_that_comes_while_the_second_is_committed_answers_its_effect()
    {
        var id = Sample.Unique("overtaken");
        var workflow = Silo.Workflow(id);
        var late = Receipts.Of(id, "running");
        var held = Control.Hold(Of(id));
        var again = workflow.Receive(late);
        await held.Reached;
        var first = workflow.Receive(late);
        held.Release();

        (await first.InTime()).ShouldBe(await again);
        (await ReceiptRows(id)).ShouldBe(1);
    }

    [Fact]
    public async Task A_first_delivery_that_comes_after_the_second_to_another_activation_is_written_once()
    {
        var id = Sample.Unique("overtaken");
        var workflow = Silo.Workflow(id);
        var late = Receipts.Of(id, "running");
        var answer = await workflow.Receive(late);
        await Reactivate(id);

        (await workflow.Receive(late)).ShouldBe(answer);

        (await workflow.GetState())!.Version.ShouldBe(1);
        (await ReceiptRows(id)).ShouldBe(1);
    }
}

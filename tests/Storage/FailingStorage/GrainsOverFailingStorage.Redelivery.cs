using Microsoft.Extensions.DependencyInjection;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Interfaces.Persistence;
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

        var again = new[] { workflow.Receive(committing.Again()), workflow.Receive(waiting.Again()) };
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

        (await workflow.Receive(early.Again())).ShouldBe(first);
        await Reactivate(id);
        (await workflow.Receive(late.Again())).ShouldBe(second);

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
        (await silo.Workflow(id).Receive(early.Again())).ShouldBe(first);
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
            var receipt = Receipts.Of(id, "running").Again();

            var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => OnceReloaded(() => workflow.Receive(receipt)))).InTime();

            answers.ShouldAllBe(answer => answer == new Acknowledgement(receipt.Id, ReceiptEffect.Advanced, 1));
            (await ReceiptRows(id)).ShouldBe(1);
        }
    }

    [Fact]
    public async Task A_receipt_that_cannot_be_looked_up_is_not_folded()
    {
        var log = new BrokenReceiptLog();
        await using var silo = await fixture.StartAsync(services => services.AddSingleton<IReceiptLog>(log));
        var receipt = Receipts.Of("unknown", "running").Again();

        await Should.ThrowAsync<WorkflowUnavailableException>(() => silo.Workflow("unknown").Receive(receipt));
        (await silo.Workflow("unknown").GetState()).ShouldBeNull();

        log.IsBroken = false;
        (await silo.Workflow("unknown").Receive(receipt.Again())).Version.ShouldBe(1);
    }

    [Fact]
    public async Task A_first_delivery_that_comes_after_the_second_answers_its_effect()
    {
        var id = Sample.Unique("overtaken");
        var workflow = Silo.Workflow(id);
        var late = Receipts.Of(id, "running");
        var answer = await workflow.Receive(late.Again());

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
        var again = workflow.Receive(late.Again());
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
        await workflow.Receive(late.Again());
        await Reactivate(id);

        await Should.ThrowAsync<WorkflowUnavailableException>(() => workflow.Receive(late));

        (await OnceReloaded(workflow.GetState))!.Version.ShouldBe(1);
        (await ReceiptRows(id)).ShouldBe(1);
    }

    private sealed class BrokenReceiptLog : IReceiptLog
    {
        public bool IsBroken { get; set; } = true;

        public Task<Acknowledgement?> FindAcknowledgement(Guid receiptId, CancellationToken cancellationToken) =>
            IsBroken ? throw new InjectedException(FailureTime.BeforeCommit) : Task.FromResult<Acknowledgement?>(null);
    }
}

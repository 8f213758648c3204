using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Commit;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Connections;

/// <summary>A row at which PostgreSQL always ends the connection does not take the others with it.</summary>
public sealed class UnansweredBatches(PostgresDatabases databases)
{
    private const int Innocent = 255;

    // FATAL, not ERROR: the commit may have gone through, as far as the client knows.
    private const string Poison = """
        CREATE FUNCTION end_connection() RETURNS trigger LANGUAGE plpgsql
          AS 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END';
        CREATE TRIGGER poison BEFORE INSERT ON receipt FOR EACH ROW WHEN (NEW.workflow_id = 'poison')
          EXECUTE FUNCTION end_connection();
        SELECT 0
        """;

    [Fact]
    public async Task A_batch_that_ends_without_an_answer_does_not_form_again()
    {
        await using var silo = await SiloUnderTest.StartAsync(await databases.CreateAsync());
        await silo.Execute(Poison);
        var held = silo.Control.Hold(static write => write.Key.GrainKey == GrainKeys.Workflow("opener"));
        var opening = silo.Workflow("opener").Receive(Receipts.Of("opener", "running"));
        await held.Reached;
        string[] ids = ["poison", .. Enumerable.Range(0, Innocent).Select(static i => $"w{i}")];
        var asked = silo.Admission.Asked;
        var first = ids.Select(id => Attempt(silo, Receipts.Of(id, "running"))).ToList();
        await Deadline.Until(() => silo.Admission.Asked - asked == ids.Length, "all have arrived");
        held.Release();
        await opening.InTime();

        // As the Api does, those without an answer are sent again, all at once.
        var left = await Unanswered(first);
        left.Count.ShouldBe(ids.Length);
        for (var round = 0; round < 3; round++)
            left = await Unanswered([.. left.Select(receipt => Attempt(silo, receipt))]);

        left.ShouldHaveSingleItem().Notification.WorkflowId.ShouldBe("poison");
        Poisoned(silo)[^1].ShouldHaveSingleItem();
        Poisoned(silo).Count(static batch => batch.Count > 1).ShouldBeLessThanOrEqualTo(2, "the whole and a sixteenth");
        (await silo.Number("SELECT count(*) FROM receipt")).ShouldBe(Innocent + 1);

        // It stays alone.
        await Task.WhenAll(
                left.Concat(ids[1..].Select(static id => Receipts.Of(id, "finished")))
                    .Select(receipt => Attempt(silo, receipt))
            )
            .InTime();
        Poisoned(silo)[^1].ShouldHaveSingleItem();
        (await silo.Number("SELECT count(*) FROM receipt")).ShouldBe((2 * Innocent) + 1);
    }

    private static List<IReadOnlyList<StateWrite>> Poisoned(SiloUnderTest silo) =>
        [
            .. silo.Control.Batches.Where(static batch =>
                batch.Any(static write => write.Key.GrainKey == GrainKeys.Workflow("poison"))
            ),
        ];

    private static async Task<List<NotificationReceipt>> Unanswered(
        IReadOnlyCollection<Task<NotificationReceipt?>> attempts
    ) => [.. (await Task.WhenAll(attempts).InTime()).OfType<NotificationReceipt>()];

    /// <summary>Sends a receipt; returns it if it is unknown whether it was stored.</summary>
    private static async Task<NotificationReceipt?> Attempt(SiloUnderTest silo, NotificationReceipt receipt)
    {
        try
        {
            await silo.Workflow(receipt.Notification.WorkflowId).Receive(receipt);
            return null;
        }
        catch (WorkflowUnavailableException)
        {
            return receipt;
        }
    }
}

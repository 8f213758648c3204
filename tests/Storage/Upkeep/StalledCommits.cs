using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Audit;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Receipts;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Upkeep;

/// <summary>
/// Retention beside a commit whose statement stalls after it has written, or the other way round. On SQLite one waits
/// for the other before it begins.
/// </summary>
public sealed class StalledCommits(PostgresDatabases databases)
{
    private const string Id = "w";

    // A statement that adds or removes a receipt waits at its end as long as the test holds the lock.
    private const string StallAtEnd = """
        CREATE FUNCTION stall() RETURNS trigger LANGUAGE plpgsql
          AS 'BEGIN PERFORM pg_advisory_xact_lock_shared(4711); RETURN NULL; END';
        CREATE TRIGGER stall AFTER INSERT OR DELETE ON receipt FOR EACH STATEMENT EXECUTE FUNCTION stall();
        SELECT 0
        """;

    private static readonly Vocabulary Other = new(
        Vocabulary.DefaultWords.SetItem("paused", new StatusMeaning(WorkflowPhase.Scheduled)),
        Vocabulary.DefaultRanking
    );

    [Fact]
    public async Task A_notification_that_stalls_is_waited_for_and_its_receipt_stays()
    {
        await using var silo = await SiloUnderTest.StartAsync(await databases.CreateAsync());
        await Report(silo, 10);
        await silo.Execute(StallAtEnd);

        var trimming = await WhileStalled(
            silo,
            () => silo.Workflow(Id).Receive(Receipts.Of(Id, "finished")),
            () => Trim(silo, long.MaxValue)
        );

        (await trimming.InTime()).ShouldBe(10);
        (await Held(silo)).ShouldBe([11]);
        (await silo.Workflow(Id).GetState().InTime())!.Version.ShouldBe(11);
        await ShouldGoOn(silo, 11);
    }

    [Fact]
    public async Task A_refold_that_stalls_is_waited_for_and_nothing_that_it_stands_on_is_removed()
    {
        var settings = await databases.CreateAsync();
        await using (var before = await SiloUnderTest.StartAsync(settings))
            await Report(before, 10);

        await using var silo = await SiloUnderTest.StartAsync(settings, vocabulary: Other);
        await silo.Execute(StallAtEnd);

        var trimming = await WhileStalled(
            silo,
            () => silo.Workflow(Id).Refold("job", Other.Fingerprint),
            () => Trim(silo, 7)
        );

        (await trimming.InTime()).ShouldBe(0, "what it has read was folded again meanwhile");
        (await Held(silo)).ShouldBe(Enumerable.Range(1, 11).Select(static seq => (long)seq));
        await ShouldGoOn(silo, 11);
        (await Trim(silo, long.MaxValue)).ShouldBe(12);
        await ShouldBeSound(silo);
    }

    [Fact]
    public async Task A_deletion_that_stalls_is_waited_for_and_its_tombstone_stays()
    {
        await using var silo = await SiloUnderTest.StartAsync(await databases.CreateAsync());
        await Report(silo, 10);
        await silo.Workflow(Id).Receive(Receipts.Of(Id, "finished"));
        await silo.Execute(StallAtEnd);

        var trimming = await WhileStalled(
            silo,
            () => silo.Workflow(Id).Delete(DateTimeOffset.MaxValue),
            () => Trim(silo, 7)
        );

        (await trimming.InTime()).ShouldBe(0);
        await Should.ThrowAsync<WorkflowDeletedException>(() => silo.Workflow(Id).GetState().InTime());
        (await silo.Number("SELECT deleted FROM baseline WHERE workflow_id = @id", ("id", Id))).ShouldBe(1);
        await ShouldBeSound(silo);
    }

    /// <summary>The commit finds that it was overtaken, reads what is stored, and goes through.</summary>
    [Fact]
    public async Task A_removal_that_stalls_is_waited_for_by_the_commit_of_a_notification()
    {
        await using var silo = await SiloUnderTest.StartAsync(await databases.CreateAsync());
        await Report(silo, 10);
        await silo.Execute(StallAtEnd);

        var receiving = await WhileStalled(
            silo,
            () => Trim(silo, 7),
            () => silo.Workflow(Id).Receive(Receipts.Of(Id, "finished"))
        );

        (await receiving.InTime()).Version.ShouldBe(11);
        (await Held(silo)).ShouldBe([8, 9, 10, 11]);
        await ShouldGoOn(silo, 11);
    }

    /// <summary>
    /// Begins one thing that stalls with the row locked, then another that waits for it; lets the first end.
    /// </summary>
    /// <returns>The other.</returns>
    private static async Task<Task<TSecond>> WhileStalled<TFirst, TSecond>(
        SiloUnderTest silo,
        Func<Task<TFirst>> first,
        Func<Task<TSecond>> second
    )
    {
        await using var gate = await silo.Database.OpenConnectionAsync();
        await using var holding = await gate.BeginTransactionAsync();
        await using var hold = new NpgsqlCommand("SELECT pg_advisory_xact_lock(4711)", (NpgsqlConnection)gate);
        await hold.ExecuteNonQueryAsync();
        var stalled = Task.Run(first);
        await UntilWaiting("advisory", 1);
        var waiting = Task.Run(second);
        await UntilWaiting("transactionid", 1);
        await holding.RollbackAsync();
        await stalled.InTime();
        return waiting;

        Task UntilWaiting(string lockType, int count) =>
            Deadline.Until(
                async () =>
                    await silo.Number(
                        "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = @type AND (database IS NULL "
                            + "OR database = (SELECT oid FROM pg_database WHERE datname = current_database()))",
                        ("type", lockType)
                    ) >= count,
                $"{count} wait for {lockType}"
            );
    }

    private static async Task Report(SiloUnderTest silo, int count)
    {
        for (var i = 0; i < count; i++)
            await silo.Workflow(Id).Receive(Receipts.Of(Id, i % 2 == 0 ? "running" : "paused")).InTime();
    }

    private static Task<int> Trim(SiloUnderTest silo, long throughSeq) =>
        silo.Services.GetRequiredService<ReceiptTrimmer>().Trim(Id, throughSeq, long.MaxValue, CancellationToken.None);

    private static async Task<long[]> Held(SiloUnderTest silo) =>
        [
            .. (await silo.ReadModel.ListReceipts(Id, null, 1000, CancellationToken.None)).Items.Select(
                static receipt => receipt.Seq
            ),
        ];

    private static async Task ShouldGoOn(SiloUnderTest silo, long seq)
    {
        await ShouldBeSound(silo);
        await silo.Workflow(Id).Receive(Receipts.Of(Id, "failed")).InTime();
        (await Held(silo))[^1].ShouldBe(seq + 1);
        await ShouldBeSound(silo);
    }

    private static async Task ShouldBeSound(SiloUnderTest silo)
    {
        await using var snapshot = await silo
            .Services.GetRequiredService<IWorkflowSnapshots>()
            .Open(CancellationToken.None);
        (
            await silo.Services.GetRequiredService<WorkflowAuditor>().Audit(snapshot, Id, CancellationToken.None)
        ).Findings.ShouldBeEmpty();
    }
}

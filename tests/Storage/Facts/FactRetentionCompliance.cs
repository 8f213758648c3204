using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Workflow.Grains.Audit;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Receipts;
using Orleans.Workflow.Hosting.Retention;
using Orleans.Workflow.Hosting.Settings;
using Orleans.Workflow.Storage.Feed;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Facts;

/// <summary>Facts and bodies that are too old, on every database.</summary>
public abstract class FactRetentionCompliance(ITestDatabases databases)
{
    private static readonly RetentionSettings Settings = RetentionSettings.Off with { Pause = TimeSpan.Zero };

    [Fact]
    public async Task Old_facts_go_and_their_counts_stay()
    {
        await using var silo = await SiloUnderTest.StartAsync(await databases.CreateAsync());
        await Task.WhenAll(Enumerable.Range(0, 600).Select(i => Send(silo, $"{i % 300}", $"{i % 2}", Age(days: 10))));

        await Send(silo, "1", "1", Age(days: 10), body: "other");
        await Send(silo, "new", "1", Age(days: 1));
        var before = await Counts(silo);

        var pass = await Run(silo, Settings with { FactDays = 7 });

        pass.Facts.ShouldBe(601);
        (await silo.Number("SELECT count(*) FROM fact")).ShouldBe(1);
        (await Counts(silo)).ShouldBe(before);
        before.ShouldBe(["0: 150", "1: 151 + 1"]);
        (await silo.Findings("w")).ShouldBeEmpty();
        (await Run(silo, Settings with { FactDays = 7 })).Facts.ShouldBe(0);
    }

    [Fact]
    public async Task A_rebuild_counts_the_facts_that_were_removed()
    {
        await using var silo = await SiloUnderTest.StartAsync(await databases.CreateAsync());
        await Send(silo, "1", "2", Age(days: 10));
        await Send(silo, "2", "2", Age(days: 1));
        (await Run(silo, Settings with { FactDays = 7 })).Facts.ShouldBe(1);
        await silo.Execute("UPDATE fact_count SET count = 9");
        (await silo.Findings("w")).ShouldHaveSingleItem();

        await ActivatorUtilities.CreateInstance<WorkflowRebuilder>(silo.Services).Rebuild("w", CancellationToken.None);

        (await silo.Number("SELECT count FROM fact_count")).ShouldBe(2);
        (await silo.Findings("w")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Old_bodies_go_and_their_facts_stay()
    {
        await using var silo = await SiloUnderTest.StartAsync(await databases.CreateAsync());
        await Task.WhenAll(Enumerable.Range(0, 300).Select(i => Send(silo, $"{i}", "2", Age(days: 10))));

        await Send(silo, "new", "2", Age(days: 1));

        var pass = await Run(silo, Settings with { FactBodyDays = 7 });

        pass.FactBodies.ShouldBe(300);
        (await silo.Number("SELECT count(*) FROM fact WHERE length(body) = 2")).ShouldBe(300);
        (await Counts(silo)).ShouldBe(["2: 301"]);
        (await Send(silo, "1", "2", Age(days: 0))).ShouldBe(ReceiptEffect.Duplicate, "it is still known");
        (await Run(silo, Settings with { FactBodyDays = 7 })).FactBodies.ShouldBe(0);
        (await silo.Findings("w")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_deleted_workflow_takes_its_facts_with_it_and_readers_of_others_miss_none()
    {
        await using var silo = await SiloUnderTest.StartAsync(await databases.CreateAsync());
        await Send(silo, "kept", "2", Age(days: 0), workflow: "other");
        await Task.WhenAll(Enumerable.Range(0, 600).Select(i => Send(silo, $"{i}", "2", Age(days: 0))));
        await silo.Workflow("w").Receive(Receipts.Of("w", "finished")).InTime();
        var first = await silo.Number("SELECT min(position) FROM fact");

        var pass = await Run(silo, Settings with { EndedDays = 0 }, new InAnHour());

        pass.Workflows.ShouldBe(1);
        (await silo.Number("SELECT count(*) FROM fact")).ShouldBe(1);
        (await silo.Number("SELECT count(*) FROM fact_baseline WHERE workflow_id = 'w'")).ShouldBe(0);
        var log = silo.Services.GetRequiredService<IPositionLog<LoggedFact>>();
        var history = await log.ReadHistory(first, CancellationToken.None);
        history.Judge(new LogPosition(history.Epoch, first, null)).ShouldBe(PositionStatus.Valid);
    }

    [Fact]
    public async Task Facts_that_arrive_while_others_go_are_counted()
    {
        await using var silo = await SiloUnderTest.StartAsync(await databases.CreateAsync());
        await Task.WhenAll(Enumerable.Range(0, 1_000).Select(i => Send(silo, $"{i}", $"{i % 7}", Age(days: 10))));
        var sending = Enumerable.Range(1_000, 300).Select(i => Send(silo, $"{i}", $"{i % 7}", Age(days: 0)));
        var running = Run(silo, Settings with { FactDays = 7 });
        await Task.WhenAll(sending).InTime();

        (await running).Facts.ShouldBe(1_000);
        (await silo.Number("SELECT sum(count) FROM fact_count")).ShouldBe(1_300);
        (await silo.Findings("w")).ShouldBeEmpty();
    }

    private static DateTimeOffset Age(int days) => TimeProvider.System.GetUtcNow() - TimeSpan.FromDays(days);

    private static async Task<ReceiptEffect> Send(
        SiloUnderTest silo,
        string call,
        string value,
        DateTimeOffset receivedAt,
        string body = "a body",
        string workflow = "w"
    )
    {
        var receipt = Calls.Receipt(workflow, Calls.Of(call, value), body) with
        {
            Id = Guid.CreateVersion7(receivedAt),
            ReceivedAt = receivedAt,
        };
        return (await silo.NodeTask(workflow, "n").Receive(receipt).InTime()).Effect;
    }

    private static async Task<RetentionPass> Run(
        SiloUnderTest silo,
        RetentionSettings settings,
        TimeProvider? time = null
    )
    {
        var pass = new RetentionPass(
            settings,
            silo.Services.GetRequiredService<IRetentionStore>(),
            silo.Services.GetRequiredService<ReceiptTrimmer>(),
            silo.Services.GetRequiredService<WorkflowGrains>(),
            time ?? TimeProvider.System,
            NullLogger.Instance
        );
        await pass.Run(CancellationToken.None).InTime();
        return pass;
    }

    private static async Task<IEnumerable<string>> Counts(SiloUnderTest silo) =>
        (await silo.Services.GetRequiredService<IFactStorage>().ReadCounts("w", "n"))
            .Select(static count =>
                $"{count.Value}: {count.Count}{(count.Different == 0 ? string.Empty : $" + {count.Different}")}"
            )
            .Order(StringComparer.Ordinal);
}

/// <summary>On SQLite.</summary>
public sealed class SqliteFactRetention(SqliteDatabases databases) : FactRetentionCompliance(databases);

/// <summary>On PostgreSQL.</summary>
public sealed class PostgresFactRetention(PostgresDatabases databases) : FactRetentionCompliance(databases);

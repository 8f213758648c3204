using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Operators;
using Orleans.Workflow.Storage.Queries;
using Orleans.Workflow.Storage.Retention;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Facts;

/// <summary>Erasing a person, on every database.</summary>
public abstract class ErasureCompliance(ITestDatabases databases)
{
    private const string Number = "15550142",
        Other = "15550143";

    [Fact]
    public async Task A_person_who_was_erased_leaves_no_trace_and_the_counts_stay()
    {
        await using var silo = await SiloUnderTest.StartAsync(await databases.CreateAsync());
        await Send(silo, "1", $"+{Number}");
        await Send(silo, "2", Number);
        await Send(silo, "3", $"+{Other}");
        await Refuse(silo, $$"""{"callee":"+{{Number}}"}""");
        await Refuse(silo, $$"""{"callee":"+{{Other}}"}""");
        await silo
            .Services.GetRequiredService<SqlAttentionReviews>()
            .Review("w", null, Actions.Of(OperatorActionKind.Note, "w", $"Call +{Number}."), CancellationToken.None);

        (await Erase(silo, $"+{Number}")).ShouldBe(new Erasure(2, 1));

        (await Traces(silo, Number)).ShouldBe(0);
        (await Traces(silo, Other)).ShouldBe(2);
        (await FindAnywhere(silo, Number)).ShouldBeFalse();
        (await Send(silo, "1", $"+{Number}")).ShouldBe(ReceiptEffect.Duplicate, "it is known");
        (await Send(silo, "4", Number)).ShouldBe(ReceiptEffect.Recorded, "it is new, and counted");
        (await FindAnywhere(silo, Number)).ShouldBeFalse("what comes later is kept without a body");
        (await silo.Number("SELECT sum(count) FROM fact_count")).ShouldBe(4);
        (await Erase(silo, Number)).ShouldBe(new Erasure(0, 0));
        (await silo.Findings("w")).ShouldBeEmpty();
        (await silo.Services.GetRequiredService<SqlOperatorLog>().List(null, null, 9, CancellationToken.None))
            .Select(static action => (action.Kind, action.Result ?? action.Detail))
            .ShouldBe([
                (OperatorActionKind.Erase, "0 facts, 0 refused requests"),
                (OperatorActionKind.Erase, "2 facts, 1 refused requests"),
                (OperatorActionKind.Note, "Erased."),
            ]);
    }

    [Fact]
    public async Task A_fact_that_is_committed_meanwhile_leaves_no_trace_either()
    {
        await using var silo = await SiloUnderTest.StartAsync(await databases.CreateAsync());
        var next = 0;
        using var done = new CancellationTokenSource();
        var senders = Enumerable
            .Range(0, 8)
            .Select(async _ =>
            {
                while (!done.IsCancellationRequested)
                    await Send(silo, $"{Interlocked.Increment(ref next)}", $"+{Number}");
            })
            .ToList();
        await Deadline.Until(() => Volatile.Read(ref next) >= 100, "some are sent");

        await Erase(silo, Number);
        var erasedAt = Volatile.Read(ref next);
        await Deadline.Until(() => Volatile.Read(ref next) >= erasedAt + 100, "more are sent");

        await done.CancelAsync();
        await Task.WhenAll(senders).InTime();

        (await Traces(silo, Number)).ShouldBe(0);
        (await FindAnywhere(silo, Number)).ShouldBeFalse();
        (await silo.Number("SELECT sum(count) FROM fact_count")).ShouldBe(next);
    }

    [Fact]
    public async Task A_thousand_facts_of_a_person_among_many_are_erased_soon()
    {
        await using var silo = await SiloUnderTest.StartAsync(await databases.CreateAsync());
        for (var wave = 0; wave < 20; wave++)
            await Task.WhenAll(Enumerable.Range(wave * 50, 50).Select(call => Send(silo, $"{call}", $"+{Number}")));

        (await Erase(silo, Number)).Facts.ShouldBe(1_000);
        (await FindAnywhere(silo, Number)).ShouldBeFalse();
    }

    /// <summary>Whether a text is anywhere in what a copy of the database holds.</summary>
    protected abstract Task<bool> FindAnywhere(SiloUnderTest silo, string text);

    private static async Task<ReceiptEffect> Send(SiloUnderTest silo, string call, string callee)
    {
        var fact = Calls.Of(call, "2") with { Callee = callee };
        var receipt = Calls.Receipt("w", fact, $$"""{"call_id":"{{call}}","callee":"{{callee}}","pad":"{{Pad}}"}""");
        return (await silo.NodeTask("w", "n").Receive(receipt).InTime()).Effect;
    }

    // So that some bodies reach over the page of their row.
    private static readonly string Pad = new('x', 3_000);

    private static Task Refuse(SiloUnderTest silo, string body) =>
        silo
            .Services.GetRequiredService<SqlRejectedRequests>()
            .Add(
                new RejectedRequest(
                    Guid.CreateVersion7(),
                    DateTimeOffset.FromUnixTimeMilliseconds(Sample.Time),
                    "airudder",
                    400,
                    "$",
                    "It is wrong.",
                    "application/json",
                    Encoding.UTF8.GetBytes(body)
                )
            );

    private static Task<Erasure> Erase(SiloUnderTest silo, string callee) =>
        silo
            .Services.GetRequiredService<SqlErasure>()
            .Erase(callee, Actions.Of(OperatorActionKind.Erase), CancellationToken.None)
            .InTime();

    private static async Task<int> Traces(SiloUnderTest silo, string number)
    {
        var found = 0;
        foreach (var table in (string[])["fact", "rejected"])
            found += (
                await silo.Database.ReadAll(
                    $"SELECT body FROM {table} WHERE body IS NOT NULL",
                    static reader => Encoding.UTF8.GetString(reader.GetFieldValue<byte[]>(0)),
                    CancellationToken.None
                )
            ).Count(body => body.Contains(number));

        return found;
    }
}

/// <summary>Erasing a person on SQLite.</summary>
public sealed class SqliteErasure(SqliteDatabases databases) : ErasureCompliance(databases)
{
    /// <inheritdoc/>
    protected override async Task<bool> FindAnywhere(SiloUnderTest silo, string text)
    {
        var path = new SqliteConnectionStringBuilder(silo.Settings.ConnectionString).DataSource;
        foreach (var file in (string[])[path, $"{path}-wal"])
        {
            if (!File.Exists(file))
                continue;

            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            if ((await reader.ReadToEndAsync()).Contains(text))
                return true;
        }

        return false;
    }
}

/// <summary>Erasing a person on PostgreSQL.</summary>
public sealed class PostgresErasure(PostgresDatabases databases) : ErasureCompliance(databases)
{
    /// <inheritdoc/>
    /// <remarks>A dump writes bodies in hexadecimal.</remarks>
    protected override async Task<bool> FindAnywhere(SiloUnderTest silo, string text)
    {
        var database = new NpgsqlConnectionStringBuilder(silo.Settings.ConnectionString).Database!;
        var dump = await databases.Server.DumpSqlAsync(database);
        dump.ShouldContain("COPY public.fact ");
        return dump.Contains(text) || dump.Contains(Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text)));
    }
}

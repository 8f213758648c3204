using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Receipts;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Connections;

/// <summary>Two installations in two schemas of one database.</summary>
public sealed class TwoSchemas(PostgresDatabases databases)
{
    private const string Id = "shared id";

    [Fact]
    public async Task Each_schema_is_an_installation_of_its_own()
    {
        var settings = await databases.CreateAsync();
        await using var one = await Start(settings, "one");
        await using var two = await Start(settings, "two");

        await Task.WhenAll(
                Enumerable
                    .Range(0, 40)
                    .Select(i =>
                        Task.WhenAll(
                            one.Workflow($"w{i % 8}").Receive(Receipts.Of($"w{i % 8}", "running", ("n", "running"))),
                            two.Workflow($"w{i % 4}").Receive(Receipts.Of($"w{i % 4}", "finished"))
                        )
                    )
            )
            .InTime();
        await one.Workflow(Id).Receive(Receipts.Of(Id, "running")).InTime();
        await one.Workflow(Id).Receive(Receipts.Of(Id, "paused")).InTime();
        await two.Workflow(Id).Receive(Receipts.Of(Id, "finished")).InTime();

        (await one.Number("SELECT count(*) FROM receipt"), await two.Number("SELECT count(*) FROM receipt")).ShouldBe(
            (42, 41)
        );
        (
            (await one.Workflow(Id).GetState().InTime())!.Status,
            (await two.Workflow(Id).GetState().InTime())!.Status
        ).ShouldBe(("paused", "finished"));
        (await Listed(one), await Listed(two)).ShouldBe((9, 5));
        (await Trim(one)).ShouldBe(2);
        (await one.Number("SELECT count(*) FROM receipt"), await two.Number("SELECT count(*) FROM receipt")).ShouldBe(
            (40, 41)
        );
    }

    [Fact]
    public async Task Retention_of_one_installation_does_not_wait_for_the_other()
    {
        var settings = await databases.CreateAsync();
        await using var one = await Start(settings, "one");
        await using var two = await Start(settings, "two");
        var (lockOfOne, lockOfTwo) = (
            one.Services.GetRequiredService<ILeaderLock>(),
            two.Services.GetRequiredService<ILeaderLock>()
        );

        await using var lead = await lockOfOne.TryTake(LeaderTask.Retention, CancellationToken.None);
        await using var other = await lockOfTwo.TryTake(LeaderTask.Retention, CancellationToken.None);

        lead.ShouldNotBeNull();
        other.ShouldNotBeNull();
        (await lockOfOne.TryTake(LeaderTask.Retention, CancellationToken.None)).ShouldBeNull();
    }

    private static async Task<SiloUnderTest> Start(StorageSettings settings, string schema)
    {
        await using var database = new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
        await using var command = database.CreateCommand($"CREATE SCHEMA {schema}");
        await command.ExecuteNonQueryAsync();
        var inSchema = new NpgsqlConnectionStringBuilder(settings.ConnectionString) { SearchPath = schema };
        return await SiloUnderTest.StartAsync(settings with { ConnectionString = inSchema.ConnectionString });
    }

    private static async Task<int> Listed(SiloUnderTest silo) =>
        (await silo.ReadModel.ListWorkflows(new(), default, null, 100, CancellationToken.None)).Items.Length;

    private static Task<int> Trim(SiloUnderTest silo) =>
        silo
            .Services.GetRequiredService<ReceiptTrimmer>()
            .Trim(Id, long.MaxValue, long.MaxValue, CancellationToken.None);
}

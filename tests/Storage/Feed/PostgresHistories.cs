using Npgsql;
using Orleans.Workflow.Storage.Feed;
using Orleans.Workflow.Storage.Queries;
using Orleans.Workflow.Storage.Tests.Hosting;
using Orleans.Workflow.Testing.Postgres;

namespace Orleans.Workflow.Storage.Tests.Feed;

/// <summary>
/// Positions of a PostgreSQL that was restored or that a standby took over from: they are given a second time, for
/// other changes.
/// </summary>
public sealed class PostgresHistories(PostgresDatabases databases)
{
    private const string Name = "histories";

    [Fact]
    public async Task A_standby_that_took_over_has_a_history_of_its_own_also_if_it_was_behind()
    {
        await using var primary = await PostgresServer.StartNewAsync("hot_standby=on");
        await Migrate(primary);
        await Write(primary, 10);
        var kept = await End(primary);
        await using var standby = await primary.CopyAsync(asStandby: true);
        await Write(primary, 5);
        var lost = await End(primary);
        await primary.StopAsync();
        await standby.StartAsync();
        await Should.ThrowAsync<PostgresException>(
            () => End(standby),
            "a standby can't say which history it will have"
        );

        await standby.PromoteAsync();

        (await Judge(standby, lost)).ShouldBe(PositionStatus.OtherHistory);
        (await Judge(standby, kept)).ShouldBe(PositionStatus.OtherHistory);
        (await Judge(standby, kept with { Epoch = null })).ShouldBe(
            PositionStatus.OtherHistory,
            "a number alone is of the history before"
        );
        await Write(standby, 50);
        (await Judge(standby, lost)).ShouldBe(PositionStatus.OtherHistory);
        (await Judge(standby, await End(standby))).ShouldBe(PositionStatus.Valid);
    }

    /// <summary>
    /// Such a copy has the same system identifier and timeline. Only the change at a position differs.
    /// </summary>
    [Fact]
    public async Task A_restored_copy_of_the_files_does_not_take_lost_positions_for_its_own()
    {
        await using var server = await PostgresServer.StartNewAsync("hot_standby=on");
        await Migrate(server);
        await Write(server, 10);
        var kept = await End(server);
        await using var copy = await server.CopyAsync(asStandby: false);
        var lost = new List<LogPosition>();
        for (var i = 0; i < 40; i++)
        {
            await Write(server, 1);
            lost.Add(await End(server));
        }

        await server.StopAsync();
        await copy.StartAsync();

        (await Judge(copy, kept)).ShouldBe(PositionStatus.Valid, "everything up to there is as it was");
        foreach (var position in lost)
            (await Judge(copy, position)).ShouldBe(PositionStatus.BeyondEnd);

        await Write(copy, 60);
        foreach (var position in lost)
            (await Judge(copy, position)).ShouldBe(PositionStatus.OtherHistory);

        (await Judge(copy, kept)).ShouldBe(PositionStatus.Valid);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_dump_that_is_restored_has_a_history_of_its_own(bool isOtherServer)
    {
        await using var server = await PostgresServer.StartNewAsync("hot_standby=on");
        await using var other = await PostgresServer.StartNewAsync("hot_standby=on");
        await Migrate(server);
        await Write(server, 10);
        var before = await End(server);
        var target = isOtherServer ? other : server;
        await target.CreateDatabaseAsync("restored");

        await server.DumpAsync(Name, target, "restored");

        (await Judge(target, before, "restored")).ShouldBe(PositionStatus.OtherHistory);
        await Write(target, 10, "restored");
        (await Judge(target, before, "restored")).ShouldBe(PositionStatus.OtherHistory);
        (await Judge(server, before)).ShouldBe(PositionStatus.Valid);
    }

    [Fact]
    public async Task A_restart_of_the_server_changes_no_history()
    {
        await using var server = await PostgresServer.StartNewAsync("hot_standby=on");
        await Migrate(server);
        await Write(server, 10);
        var before = await End(server);

        await server.RestartImmediateAsync();
        (await Judge(server, before)).ShouldBe(PositionStatus.Valid);
        await Write(server, 10);
        await server.StopAsync();
        await server.StartAsync();

        (await Judge(server, before)).ShouldBe(PositionStatus.Valid);
    }

    [Fact]
    public async Task A_role_without_any_special_grant_can_identify_the_history()
    {
        var settings = await databases.CreateAsync();
        await using var silo = await SiloUnderTest.StartAsync(settings);
        await silo.Execute("DROP ROLE IF EXISTS feed_reader");
        await silo.Execute("CREATE ROLE feed_reader LOGIN");
        await silo.Execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO feed_reader");
        var asReader = new NpgsqlConnectionStringBuilder(settings.ConnectionString)
        {
            Username = "feed_reader",
        }.ConnectionString;

        var end = await End(asReader);
        end.Epoch.ShouldBe((await End(settings.ConnectionString)).Epoch);
        await silo.Execute("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC");
        await silo.Execute("REVOKE EXECUTE ON FUNCTION pg_walfile_name(pg_lsn) FROM PUBLIC");
        (await End(asReader)).Number.ShouldBe(end.Number, "what it may not ask for is left out");
    }

    private static async Task Migrate(PostgresServer server)
    {
        await using var silo = await SiloUnderTest.StartAsync(
            new StorageSettings(StorageProvider.Postgres, await server.CreateDatabaseAsync(Name))
        );
    }

    /// <summary>Writes receipts that changed something, each in a transaction of its own.</summary>
    private static async Task Write(PostgresServer server, int count, string database = Name)
    {
        for (var i = 0; i < count; i++)
        {
            var workflowId = Sample.Unique("w");
            await server.ExecuteAsync(
                $"""
                INSERT INTO receipt
                  (id, workflow_id, seq, received_at, source, effect, version, vocabulary, body, changes, position)
                VALUES (gen_random_uuid(), '{workflowId}', 1, {Sample.Time}, 'airudder', 2, 1, '', '', '[]',
                  nextval('receipt_position'))
                """,
                database
            );
        }
    }

    private static async Task<PositionStatus> Judge(
        PostgresServer server,
        LogPosition position,
        string database = Name
    ) => (await History(Connection(server, database), position.Number)).Judge(position);

    private static Task<LogPosition> End(PostgresServer server) => End(Connection(server, Name));

    private static async Task<LogPosition> End(string connection) => (await History(connection, 0)).End;

    private static async Task<LogHistory> History(string connection, long position)
    {
        var settings = new NpgsqlConnectionStringBuilder(connection) { Pooling = false };
        await using var database = new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
        return await new SqlChangeLog(database, ReadDialect.Postgres).ReadHistory(position, CancellationToken.None);
    }

    private static string Connection(PostgresServer server, string database) =>
        new NpgsqlConnectionStringBuilder(server.Administration) { Database = database }.ConnectionString;
}

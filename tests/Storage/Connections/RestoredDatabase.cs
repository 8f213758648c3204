using Npgsql;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Tests.Hosting;
using Orleans.Workflow.Testing.Postgres;

namespace Orleans.Workflow.Storage.Tests.Connections;

/// <summary>
/// A database that is restored from a dump while the product runs: all its objects have other numbers than before.
/// </summary>
public sealed class RestoredDatabase(PostgresDatabases databases)
{
    /// <summary>The product once learned the numbers of types for the life of its process.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Notifications_go_on_in_a_database_that_was_restored_behind_the_same_address(
        bool hasLostConnections
    )
    {
        var settings = await databases.CreateAsync();
        await using var silo = await SiloUnderTest.StartAsync(settings);
        var name = new NpgsqlConnectionStringBuilder(settings.ConnectionString).Database!;
        for (var i = 0; i < 20; i++)
            await silo.Workflow($"w{i % 4}")
                .Receive(Receipts.Of($"w{i % 4}", i % 8 < 4 ? "running" : "paused"))
                .InTime();

        var numbers = await Numbers(silo);
        var copy = $"{name}_copy";
        await databases.Server.CreateDatabaseAsync(copy);
        await databases.Server.DumpAsync(name, databases.Server, copy);
        if (hasLostConnections)
            await Replace(databases.Server, name, copy);
        else
            await RestoreInPlace(databases.Server, name, copy);

        for (var i = 0; i < 20; i++)
        {
            var receipt = Receipts.Of(
                $"w{i % 8}",
                i % 16 < 8 ? "running" : "paused",
                ("n", i % 3 == 0 ? "running" : "paused")
            );
            await Deadline.Until(() => IsTaken(silo, receipt), "the product has reconnected");
        }

        (await Numbers(silo)).ShouldNotBe(numbers, "tables and their types have other numbers");
        (await silo.Number("SELECT count(*) FROM receipt")).ShouldBe(40);
        (
            await silo.Number(
                "SELECT count(*) FROM workflow w WHERE seq <> (SELECT count(*) FROM receipt r WHERE "
                    + "r.workflow_id = w.workflow_id)"
            )
        ).ShouldBe(0);
        (await silo.ReadModel.ListWorkflows(new(), default, null, 100, CancellationToken.None)).Items.Length.ShouldBe(
            8
        );
        (await silo.Workflow("w0").GetState().InTime()).ShouldNotBeNull();
    }

    /// <summary>The copy takes the database's name; sessions are ended.</summary>
    private static async Task Replace(PostgresServer server, string name, string copy)
    {
        await server.ExecuteAsync($"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false");
        await server.ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
        await server.ExecuteAsync($"ALTER DATABASE {name} RENAME TO {name}_before");
        await server.ExecuteAsync($"ALTER DATABASE {copy} RENAME TO {name}");
        await server.ExecuteAsync($"DROP DATABASE {name}_before WITH (FORCE)");
    }

    /// <summary>Everything is dropped and restored in the database itself; sessions live on.</summary>
    private static async Task RestoreInPlace(PostgresServer server, string name, string copy)
    {
        await server.ExecuteAsync("DROP SCHEMA public CASCADE; CREATE SCHEMA public", name);
        await server.DumpAsync(copy, server, name);
    }

    private static async Task<bool> IsTaken(SiloUnderTest silo, NotificationReceipt receipt)
    {
        try
        {
            await silo.Workflow(receipt.Notification.WorkflowId).Receive(receipt);
            return true;
        }
        catch (Exception exception)
            when (exception is WorkflowUnavailableException or TimeoutException or OrleansException)
        {
            return false;
        }
    }

    private static Task<long> Numbers(SiloUnderTest silo) =>
        silo.Number("SELECT 'orleansstorage'::regclass::oid::bigint");
}

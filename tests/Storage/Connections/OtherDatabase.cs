using Npgsql;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Postgres;
using Orleans.Workflow.Storage.Tests.Hosting;
using Orleans.Workflow.Testing.Postgres;

namespace Orleans.Workflow.Storage.Tests.Connections;

/// <summary>A standby that was behind takes over from its primary, under a living silo.</summary>
public sealed class OtherDatabase
{
    private const string Name = "other_database";

    /// <summary>
    /// The lost receipts changed nothing, so the row of the state has the same version on both servers: only the
    /// history of the database shows that the activation is ahead of its journal.
    /// </summary>
    [Fact]
    public async Task Activations_that_are_ahead_of_it_are_loaded_again_and_leave_no_gap()
    {
        await using var primary = await PostgresServer.StartNewAsync("hot_standby=on");
        var direct = new NpgsqlConnectionStringBuilder(await primary.CreateDatabaseAsync(Name));
        await using var port = new MovablePort(direct.Port);
        direct.Port = port.Number;
        direct.Host = "127.0.0.1";
        await using var standby = await primary.StartStandbyAsync(isSynchronous: false);
        await using var silo = await SiloUnderTest.StartAsync(
            new StorageSettings(StorageProvider.Postgres, direct.ConnectionString)
        );
        await Receive(silo, "repeated", "running");
        await Receive(silo, "advanced", "running");
        await standby.CatchUpWithAsync(primary);
        await standby.StopReceivingAsync();
        await Receive(silo, "repeated", "running");
        await Receive(silo, "advanced", "closed");
        await Receive(silo, "lost", "running");

        await primary.CrashAsync();
        await standby.PromoteAsync();
        port.MoveTo(new NpgsqlConnectionStringBuilder(standby.Administration).Port);

        // So long that no commit fails: the connections are found to be dead before they are used.
        await Task.Delay(2 * PostgresConnections.Idle, TimeProvider.System, TestContext.Current.CancellationToken);
        await Retried(silo, "repeated", "closed");
        await Retried(silo, "advanced", "closed");
        await Retried(silo, "lost", "running");
        (await silo.Workflow("advanced").GetState().InTime())!.Version.ShouldBe(2);
        (await silo.Number("SELECT count(*) FROM receipt WHERE workflow_id = 'repeated'")).ShouldBe(2);
        (await silo.Number("SELECT count(*) FROM receipt WHERE workflow_id = 'lost'")).ShouldBe(1);
        (
            await silo.Number(
                """
                SELECT count(*) FROM (
                  SELECT workflow_id FROM receipt GROUP BY workflow_id HAVING max(seq) <> count(*)) AS gaps
                """
            )
        ).ShouldBe(0);
    }

    /// <summary>The silo's own probe finds out.</summary>
    [Fact]
    public async Task A_state_in_memory_that_it_does_not_have_is_soon_not_shown_any_more()
    {
        await using var primary = await PostgresServer.StartNewAsync("hot_standby=on");
        var direct = new NpgsqlConnectionStringBuilder(await primary.CreateDatabaseAsync(Name));
        await using var port = new MovablePort(direct.Port);
        direct.Port = port.Number;
        direct.Host = "127.0.0.1";
        await using var standby = await primary.StartStandbyAsync(isSynchronous: false);
        await using var silo = await SiloUnderTest.StartAsync(
            new StorageSettings(StorageProvider.Postgres, direct.ConnectionString)
        );
        await Receive(silo, "w", "running");
        await standby.CatchUpWithAsync(primary);
        await standby.StopReceivingAsync();
        await Receive(silo, "w", "closed");

        await primary.CrashAsync();
        await standby.PromoteAsync();
        port.MoveTo(new NpgsqlConnectionStringBuilder(standby.Administration).Port);

        await Deadline.Until(async () => await ShownVersion(silo) == 1, "the state is loaded from the new primary");
    }

    private static async Task<long?> ShownVersion(SiloUnderTest silo)
    {
        try
        {
            return (await silo.Workflow("w").GetState().InTime())?.Version;
        }
        catch (WorkflowUnavailableException)
        {
            return null;
        }
    }

    private static Task<Acknowledgement> Receive(SiloUnderTest silo, string workflowId, string status) =>
        silo.Workflow(workflowId).Receive(Receipts.Of(workflowId, status)).InTime();

    private static Task Retried(SiloUnderTest silo, string workflowId, string status)
    {
        var receipt = Receipts.Of(workflowId, status);
        return Deadline.Until(
            async () =>
            {
                try
                {
                    await silo.Workflow(workflowId).Receive(receipt).InTime();
                    return true;
                }
                catch (WorkflowUnavailableException)
                {
                    return false;
                }
            },
            $"{workflowId} takes notifications"
        );
    }
}

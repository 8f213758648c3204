using Microsoft.Extensions.DependencyInjection;
using Orleans.Workflow.Grains;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Tests.Hosting;
using Orleans.Workflow.Testing.Postgres;

namespace Orleans.Workflow.Storage.Tests.Connections;

/// <summary>
/// A silo on a machine that was suspended: its monotonic clock stood still, its wall clock did not. No process can be
/// made to see that without the whole machine, so the clocks are those of a test.
/// </summary>
public sealed class SuspendedMachine
{
    [Fact]
    public async Task Its_silo_serves_nothing_until_it_has_confirmed_that_it_is_still_a_member()
    {
        await using var server = await PostgresServer.StartNewAsync("max_connections=100");
        var clocks = new Clocks();
        var settings = new StorageSettings(StorageProvider.Postgres, await server.CreateDatabaseAsync("suspended"));
        await using var silo = await SiloUnderTest.StartAsync(settings, services =>
        {
            // The product's own fence, and not the one that tests open and close.
            services.Remove(services.Last(static service => service.ServiceType == typeof(IMembershipFence)));
            services.AddSingleton<TimeProvider>(clocks);
        });
        var fence = silo.Services.GetRequiredService<IMembershipFence>();
        var workflow = silo.Workflow("w");
        await workflow.Receive(Receipts.Of("w", "running")).InTime();

        // A wall clock that is set back shows nothing. The pause lets heartbeats come with the new time.
        clocks.Set(TimeSpan.FromHours(-1));
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
        await Deadline.Until(() => fence.IsOpen, "it serves");

        // Without the database it can't confirm anything. By itself that closes nothing, since the silo is alone.
        await server.StopAsync();
        clocks.Set(TimeSpan.FromHours(-1) + TimeSpan.FromSeconds(10));
        fence.IsOpen.ShouldBeFalse();
        await Should.ThrowAsync<WorkflowUnavailableException>(() => workflow.GetState().InTime());

        await server.StartAsync();
        await Deadline.Until(() => fence.IsOpen, "it is still a member");
        (await workflow.GetState().InTime())!.Version.ShouldBe(1);
    }

    /// <summary>The clocks of a machine that can be suspended.</summary>
    private sealed class Clocks : TimeProvider
    {
        private long _ahead;

        /// <summary>Sets the wall clock, by its difference from the true one; timestamps do not change.</summary>
        public void Set(TimeSpan ahead) => Volatile.Write(ref _ahead, ahead.Ticks);

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Volatile.Read(ref _ahead));
    }
}

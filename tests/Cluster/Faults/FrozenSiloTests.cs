using Orleans.Workflow.Cluster.Tests.Topologies;
using Orleans.Workflow.Testing.Deliveries;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Cluster.Tests.Faults;

/// <summary>A silo that stood still does not take it for granted that it is still a member.</summary>
public sealed class FrozenSiloTests(ITestOutputHelper output)
{
    private static readonly TimeProvider Time = TimeProvider.System;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task After_a_short_while_it_asks_and_goes_on_and_after_a_long_one_it_ends()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var cluster = await ProcessCluster.StartAsync(silos: 3, apis: 1);
        var silo = cluster.Silos.First();
        using var run = new DeliveryRun(
            DeliveryPlan.Generate(seed: 5003, workflows: 30),
            new DeliveryOptions([cluster.Apis.Single().Address])
        );
        await run.DeliverAsync(cancellation);

        await Freeze(silo, TimeSpan.FromSeconds(3), cancellation);
        await Until("it has asked", silo, "stood still");
        await Until("it continues", silo, "is still a member and serves again");
        await silo.WhenReadyAsync();

        // No silo takes it for a member any more; now it continues.
        var start = Time.GetTimestamp();
        silo.Process.Signal(UnixSignal.Stop);
        while (await cluster.CountActiveSilosAsync() == 3)
        {
            Time.GetElapsedTime(start).ShouldBeLessThan(Timeout);
            await Task.Delay(TimeSpan.FromMilliseconds(200), Time, cancellation);
        }

        output.WriteLine($"A frozen silo was declared dead after {Time.GetElapsedTime(start).TotalSeconds:0.0} s.");
        silo.Process.Signal(UnixSignal.Continue);
        await silo.Process.WaitForExitAsync(cancellation).WaitAsync(Timeout, Time, cancellation);
        (await DeliveryChecker.CheckAsync(run.Log, cluster.Apis.Single().Address, cancellation)).ThrowIfViolated();
    }

    private static async Task Freeze(Member member, TimeSpan duration, CancellationToken cancellation)
    {
        member.Process.Signal(UnixSignal.Stop);
        await Task.Delay(duration, Time, cancellation);
        member.Process.Signal(UnixSignal.Continue);
    }

    private static async Task Until(string what, Member member, string line)
    {
        var start = Time.GetTimestamp();
        while (!member.Process.Output.Lines.Any(written => written.Contains(line, StringComparison.Ordinal)))
        {
            Time.GetElapsedTime(start).ShouldBeLessThan(Timeout, $"{what}:\n{member.Process.Output}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), Time, TestContext.Current.CancellationToken);
        }
    }
}

using Orleans.Workflow.Cluster.Tests.Topologies;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Cluster.Tests.Faults;

/// <summary>Does to a cluster what a fault says, and puts everything back in place.</summary>
internal interface IFaultInjector
{
    /// <summary>Where the vendor and the readers find the Apis.</summary>
    IReadOnlyList<Uri> Apis { get; }

    /// <summary>The processes that run at the moment.</summary>
    IEnumerable<Member> Members { get; }

    /// <summary>Inflicts a fault; returns when everything is back in place and ready.</summary>
    Task<InflictedFault> InflictAsync(Fault fault, CancellationToken cancellation);

    /// <summary>Runs the command <c>audit</c>.</summary>
    Task<AuditRun> AuditAsync();
}

/// <summary>Faults of processes on one machine.</summary>
internal sealed class FaultInjector(ProcessCluster cluster, FaultPlan plan, TimeProvider time) : IFaultInjector
{
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Frozen = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FrozenLong = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Shutdown = TimeSpan.FromSeconds(70);

    private readonly List<Member> _silos = [.. cluster.Silos];
    private readonly List<Member> _apis = [.. cluster.Apis];

    /// <inheritdoc/>
    public IReadOnlyList<Uri> Apis => [.. _apis.Select(static api => api.Address)];

    /// <inheritdoc/>
    public IEnumerable<Member> Members => _silos.Concat(_apis);

    /// <inheritdoc/>
    public Task<AuditRun> AuditAsync() => cluster.AuditAsync();

    /// <inheritdoc/>
    public async Task<InflictedFault> InflictAsync(Fault fault, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        await (
            fault.Kind switch
            {
                FaultKind.KillSilo => Kill(_silos[fault.Silo], cancellation),
                FaultKind.KillApi => Kill(_apis[fault.Api], cancellation),
                FaultKind.FreezeSilo => Freeze(_silos[fault.Silo], Frozen, cancellation),
                FaultKind.FreezeSiloLong => Freeze(_silos[fault.Silo], FrozenLong, cancellation),
                FaultKind.FreezeApi => Freeze(_apis[fault.Api], Frozen, cancellation),
                FaultKind.RollingRestart => RestartAll(),
                FaultKind.CrashDatabase => cluster.Server.RestartImmediateAsync(),
                FaultKind.StopDatabase => StopDatabase(cancellation),
                FaultKind.CutConnections => cluster.CutConnectionsAsync(),
                FaultKind.Several => Task.WhenAll(
                    Kill(_silos[fault.Silo], cancellation),
                    Kill(_apis[fault.Api], cancellation),
                    cluster.CutConnectionsAsync()
                ),
                FaultKind.Nothing => Task.Delay(Idle, time, cancellation),
                _ => throw new ArgumentOutOfRangeException(nameof(fault), fault.Kind, "Not a fault."),
            }
        );
        return new InflictedFault(fault, start, time.GetTimestamp());
    }

    private async Task Kill(Member member, CancellationToken cancellation)
    {
        member.Process.Kill();
        await Task.Delay(Away, time, cancellation);
        await member.StartAgainAsync();
    }

    private async Task Freeze(Member member, TimeSpan duration, CancellationToken cancellation)
    {
        member.Process.Signal(UnixSignal.Stop);
        try
        {
            await Task.Delay(duration, time, cancellation);
        }
        finally
        {
            member.Process.Signal(UnixSignal.Continue);
        }

        try
        {
            await member.WhenReadyAsync();
        }
        catch (InvalidOperationException) when (duration == FrozenLong && member.Process.HasExited)
        {
            // Declared dead by the others, it has ended itself, as it should.
            await member.StartAgainAsync();
        }
    }

    private async Task RestartAll()
    {
        foreach (var member in _silos.Concat(_apis))
        {
            var endedByItself = await member.Process.StopAsync(Shutdown);
            endedByItself.ShouldBeTrue($"{member.Process.Name} did not stop in time:\n{member.Process.Output}");
            await member.StartAgainAsync();
        }
    }

    private async Task StopDatabase(CancellationToken cancellation)
    {
        await cluster.Server.StopAsync();
        await Task.Delay(plan.DatabaseAway, time, cancellation);
        await cluster.Server.StartAsync();
    }
}

using Orleans.Workflow.Cluster.Tests.Faults;
using Orleans.Workflow.Cluster.Tests.Topologies;

namespace Orleans.Workflow.Cluster.Tests.Network;

/// <summary>Faults of the network between hosts, and of their power.</summary>
internal sealed class NetworkInjector(NetworkCluster cluster, FaultPlan plan, TimeProvider time) : IFaultInjector
{
    /// <summary>How long after a heal the membership may still decide that a silo is dead.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);

    /// <inheritdoc/>
    public IReadOnlyList<Uri> Apis { get; } = [.. cluster.Apis.Select(static api => api.Member.Address)];

    /// <inheritdoc/>
    public IEnumerable<Member> Members => cluster.Members.Select(static member => member.Member);

    /// <inheritdoc/>
    public List<string> UnplannedEnds { get; } = [];

    /// <inheritdoc/>
    public async Task<InflictedFault> InflictAsync(Fault fault, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        var silo = cluster.Silos[fault.Silo];
        var api = cluster.Apis[fault.Api];
        VirtualHost[] others = [cluster.DatabaseHost, .. cluster.Members.Where(member => member != silo && member != api).Select(Host)];
        switch (fault.Kind)
        {
            case FaultKind.Isolate:
                await Cut([silo.Host, api.Host], others, plan.CutOff, cancellation);
                break;
            case FaultKind.CutDatabase:
                await Cut([cluster.DatabaseHost], cluster.Members.Select(Host), plan.DatabaseAway, cancellation);
                break;
            case FaultKind.CutSiloFromDatabase:
                await Cut([cluster.DatabaseHost], [silo.Host], plan.DatabaseAway, cancellation);
                break;
            case FaultKind.CutSilos:
                await Cut([silo.Host], [cluster.Silos[(fault.Silo + 1) % cluster.Silos.Count].Host], plan.CutOff, cancellation);
                break;
            case FaultKind.CutApi:
                await Cut([api.Host], cluster.Silos.Select(Host), plan.DatabaseAway, cancellation);
                break;
            case FaultKind.ForgetConnections:
                VirtualHost[] all = [cluster.DatabaseHost, .. cluster.Members.Select(Host)];
                await cluster.Network.ForgetConnectionsAsync(all, all);
                break;
            case FaultKind.PowerLoss:
                await LosePower();
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(fault), fault.Kind, "Not a fault of a network.");
        }

        await WhenBack(cancellation);
        return new InflictedFault(fault, start, time.GetTimestamp());
    }

    /// <inheritdoc/>
    public async Task Mend()
    {
        foreach (var member in Members.Where(static member => member.Process.HasExited))
        {
            UnplannedEnds.Add($"{member.Process.Name} {member.Process.Id} ended with code {member.Process.ExitCode}:\n"
                + string.Join('\n', member.Process.Output.Lines.TakeLast(30)));
            await member.StartAgainAsync();
        }
    }

    /// <inheritdoc/>
    public Task<AuditRun> AuditAsync() => cluster.AuditAsync();

    private static VirtualHost Host(NetworkMember member) => member.Host;

    private async Task Cut(IEnumerable<VirtualHost> some, IEnumerable<VirtualHost> others, TimeSpan duration, CancellationToken cancellation)
    {
        await cluster.Network.CutAsync(some, others);
        try
        {
            await Task.Delay(duration, time, cancellation);
        }
        finally
        {
            await cluster.Network.HealAsync();
        }

        await Task.Delay(Settling, time, cancellation);
    }

    private async Task LosePower()
    {
        var silos = cluster.Silos.Count;
        await cluster.KillAllAsync();
        await cluster.Server.RestartImmediateAsync();
        for (var i = 0; i < silos; i++)
            await cluster.StartSiloAsync();

        foreach (var api in cluster.Apis)
            await api.Member.StartAgainAsync();
    }

    /// <summary>A silo that was declared dead meanwhile has ended, as it should, and is started again.</summary>
    private async Task WhenBack(CancellationToken cancellation)
    {
        foreach (var member in Members)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                if (!member.Process.HasExited)
                    await member.WhenReadyAsync();
            }
            catch (InvalidOperationException) when (member.Process.HasExited)
            {
                // It ended while it was waited for.
            }

            if (member.Process.HasExited)
                await member.StartAgainAsync();
        }
    }
}

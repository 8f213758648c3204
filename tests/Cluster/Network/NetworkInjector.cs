using Orleans.Workflow.Cluster.Tests.Faults;
using Orleans.Workflow.Cluster.Tests.Topologies;

namespace Orleans.Workflow.Cluster.Tests.Network;

/// <summary>Faults of the network between hosts, and of their power.</summary>
internal sealed class NetworkInjector(NetworkCluster cluster, FaultPlan plan, TimeProvider time) : IFaultInjector
{
    /// <summary>So long after a heal, votes may still make a silo end.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public IReadOnlyList<Uri> Apis => [.. cluster.Apis.Select(static api => api.Member.Address)];

    /// <inheritdoc/>
    public IEnumerable<Member> Members => cluster.Members.Select(static member => member.Member);

    /// <inheritdoc/>
    public Task<AuditRun> AuditAsync() => cluster.AuditAsync();

    /// <inheritdoc/>
    public async Task<InflictedFault> InflictAsync(Fault fault, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        var (silo, api) = (cluster.Silos[fault.Silo], cluster.Apis[fault.Api]);
        var next = cluster.Silos[(fault.Silo + 1) % cluster.Silos.Count];
        var silos = cluster.Silos.Select(static member => member.Host);
        VirtualHost[] all = [cluster.DatabaseHost, .. cluster.Members.Select(static member => member.Host)];
        var network = cluster.Network;
        await (
            fault.Kind switch
            {
                FaultKind.CutSilos => During(plan.CutOff, network.CutAsync([silo.Host], [next.Host]), cancellation),
                FaultKind.CutSiloFromDatabase => During(
                    plan.CutOff,
                    network.CutAsync([silo.Host], [cluster.DatabaseHost]),
                    cancellation
                ),
                FaultKind.CutApi => During(plan.CutOff, network.CutAsync([api.Host], silos), cancellation),
                FaultKind.CutOneWay => During(
                    plan.CutOff,
                    network.CutOneWayAsync(silo.Host, all.Except([silo.Host])),
                    cancellation
                ),
                FaultKind.CutDatabase => During(
                    plan.DatabaseAway,
                    network.CutAsync([cluster.DatabaseHost], all),
                    cancellation
                ),
                FaultKind.Isolate => During(
                    plan.CutOff,
                    network.CutAsync([silo.Host, api.Host], all.Except([silo.Host, api.Host])),
                    cancellation
                ),
                FaultKind.ForgetConnections => network.ForgetConnectionsAsync(all, all),
                FaultKind.LoseHost => LoseHost(silo),
                FaultKind.LoseAll => LoseAll(),
                _ => throw new ArgumentOutOfRangeException(nameof(fault), fault.Kind, "Not a fault of a network."),
            }
        );
        await cluster.WhenWholeAsync();
        return new InflictedFault(fault, start, time.GetTimestamp());
    }

    private async Task During(TimeSpan duration, Task cut, CancellationToken cancellation)
    {
        await cut;
        await Task.Delay(duration, time, cancellation);
        await cluster.Network.HealAsync();
        await Task.Delay(Settling, time, cancellation);
    }

    private async Task LoseHost(NetworkMember silo)
    {
        await cluster.LosePowerAsync([silo]);
        await cluster.StartSiloAsync();
    }

    private async Task LoseAll()
    {
        var silos = cluster.Silos.Count;
        foreach (var api in cluster.Apis)
            api.Member.Process.Kill();

        await cluster.LosePowerAsync(cluster.Silos);
        await cluster.Server.RestartImmediateAsync();
        for (var i = 0; i < silos; i++)
            await cluster.StartSiloAsync();
    }
}

using Microsoft.Extensions.Diagnostics.HealthChecks;
using Orleans.Workflow.Storage.ReadModel;

namespace Orleans.Workflow.Silo.Hosting;

/// <summary>Whether the database answers.</summary>
internal sealed class DatabaseHealth(IReadModel readModel) : IHealthCheck
{
    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(2));
        await readModel.Ping(patience.Token);
        return HealthCheckResult.Healthy();
    }
}

/// <summary>Whether the grains can be reached.</summary>
internal sealed class ClusterHealth(IClusterClient client) : IHealthCheck
{
    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(2));
        var hosts = await client.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true, patience.Token);
        return hosts.Count > 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("No silo is active.");
    }
}

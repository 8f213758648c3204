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

/// <summary>Whether a silo answers.</summary>
internal sealed class ClusterHealth(IClusterClient client) : IHealthCheck
{
    /// <summary>How many grains are asked: each goes its own way, so that one silo that stands still does not speak for all.</summary>
    private const int Ways = 4;

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(2));
        var answers = Enumerable.Range(0, Ways).Select(way => IsAnswered(way, patience.Token)).ToList();
        await foreach (var answer in Task.WhenEach(answers))
        {
            if (await answer)
                return HealthCheckResult.Healthy();
        }

        return HealthCheckResult.Unhealthy("No silo answers.");
    }

    private async Task<bool> IsAnswered(int way, CancellationToken cancellationToken)
    {
        try
        {
            return (await client.GetGrain<IManagementGrain>(way).GetHosts(onlyActive: true, cancellationToken).WaitAsync(cancellationToken)).Count > 0;
        }
        catch (Exception)
        {
            return false;
        }
    }
}

/// <summary>Whether this silo is an active member of its cluster, and knows it.</summary>
internal sealed class MembershipHealth(MembershipFence fence, ISiloStatusOracle membership, IHostApplicationLifetime host) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var status = membership.CurrentStatus;
        return Task.FromResult(status == SiloStatus.Active && fence.IsOpen && !host.ApplicationStopping.IsCancellationRequested
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy(fence.IsOpen ? $"The silo is {status}." : "The silo does not know whether it is still a member of its cluster."));
    }
}

/// <summary>Whether the process is to go on: one that was asked to stop still answers for a while, but load balancers should go away.</summary>
internal sealed class StoppingHealth(IHostApplicationLifetime lifetime) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        lifetime.ApplicationStopping.IsCancellationRequested ? HealthCheckResult.Unhealthy("The process is about to stop.") : HealthCheckResult.Healthy());
}

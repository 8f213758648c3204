using Microsoft.Extensions.Diagnostics.HealthChecks;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Health;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Hosting;

/// <summary>Whether the database answers.</summary>
internal sealed class DatabaseHealth(SqlReadModel readModel, TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        try
        {
            // On SQLite it may block.
            await Task.Run(() => readModel.Ping(cancellationToken), cancellationToken)
                .WaitAsync(Timeout, time, cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception exception)
        {
            // Also if nobody waits for the answer any more: what is thrown would be logged as an unhandled exception.
            return HealthCheckResult.Unhealthy($"Reading fails: {FailureReason.Of(exception)}.");
        }
    }
}

/// <summary>Whether the commits of this silo go through.</summary>
internal sealed class CommitsHealth(IWriteAdmission admission) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    ) =>
        Task.FromResult(
            admission.WhyFailing is { } reason
                ? HealthCheckResult.Unhealthy($"Commits fail: {reason}.")
                : HealthCheckResult.Healthy()
        );
}

/// <summary>Whether a silo answers, and can commit.</summary>
internal sealed class ClusterHealth(IClusterClient client) : IHealthCheck
{
    /// <summary>
    /// How many grains are asked: each goes its own way, so that one silo that stands still does not speak for all.
    /// </summary>
    private const int Ways = 4;

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(TimeSpan.FromSeconds(2));
        var answers = Enumerable.Range(0, Ways).Select(way => Ask(way, timeout.Token)).ToList();
        var reason = "No silo answers.";
        await foreach (var answer in Task.WhenEach(answers))
        {
            var (isAnswered, whyFailing) = await answer;
            if (isAnswered && whyFailing is null)
                return HealthCheckResult.Healthy();

            reason = isAnswered ? $"The commits of the silos fail: {whyFailing}." : reason;
        }

        return HealthCheckResult.Unhealthy(reason);
    }

    private async Task<(bool IsAnswered, string? WhyFailing)> Ask(int way, CancellationToken cancellationToken)
    {
        try
        {
            // It needs nothing of the database, so that a silo is not taken for one that does not answer while only
            // the database is away.
            var why = await client.GetGrain<ICommitHealthGrain>(way).WhyFailing().WaitAsync(cancellationToken);
            return (true, why);
        }
        catch (Exception)
        {
            return default;
        }
    }
}

/// <summary>Whether this silo is an active member of its cluster, and knows it.</summary>
internal sealed class MembershipHealth(
    MembershipFence fence,
    ISiloStatusOracle membership,
    IHostApplicationLifetime host
) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        var status = membership.CurrentStatus;
        return Task.FromResult(
            status == SiloStatus.Active && fence.IsOpen && !host.ApplicationStopping.IsCancellationRequested
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy(
                    fence.IsOpen
                        ? $"The silo is {status}."
                        : "The silo does not know whether it is still a member of its cluster."
                )
        );
    }
}

/// <summary>
/// Whether the process keeps running: one that was asked to stop still answers for a while, but load balancers should
/// leave it.
/// </summary>
internal sealed class StoppingHealth(IHostApplicationLifetime lifetime) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    ) =>
        Task.FromResult(
            lifetime.ApplicationStopping.IsCancellationRequested
                ? HealthCheckResult.Unhealthy("The process is about to stop.")
                : HealthCheckResult.Healthy()
        );
}

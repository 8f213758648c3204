using System.Diagnostics.Metrics;
using Orleans.Workflow.Grains;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Telemetry;
using Orleans.Workflow.Hosting.Audit;
using Orleans.Workflow.Hosting.Retention;
using Orleans.Workflow.Hosting.Settings;

namespace Orleans.Workflow.Hosting;

/// <summary>
/// Shows how many silos there are. It also has all that shows metrics of a silo made when the silo starts, and not with
/// the first notification: their alerts would not see the first event.
/// </summary>
internal sealed class SiloMetrics(
    IMeterFactory meters,
    ISiloStatusOracle membership,
    ClusterSettings cluster,
    IServiceProvider services
) : IHostedService
{
    private static readonly Type[] Measuring =
    [
        typeof(GrainMetrics),
        typeof(IWriteAdmission),
        typeof(IFactStorage),
        typeof(AuditMetrics),
        typeof(RetentionMetrics),
    ];

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var meter = meters.Create(WorkflowTelemetry.Name);
        meter.CreateObservableGauge(
            "workflow.silos.active",
            () => membership.GetApproximateSiloStatuses(onlyActive: true).Count,
            "{silo}",
            "Active silos of the cluster, as this one knows them."
        );
        meter.CreateObservableGauge(
            "workflow.silos.expected",
            () => cluster.ExpectedSilos,
            "{silo}",
            "Cluster:ExpectedSilos; 0 if that is not set."
        );
        foreach (var type in Measuring)
            services.GetRequiredService(type);

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

using System.Data.Common;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Orleans.Configuration;
using Orleans.Dashboard;
using Orleans.Storage;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Receipts;
using Orleans.Workflow.Grains.Refolds;
using Orleans.Workflow.Grains.Replays;
using Orleans.Workflow.Grains.Vocabularies;
using Orleans.Workflow.Grains.Workflows;
using Orleans.Workflow.Hosting.Audit;
using Orleans.Workflow.Hosting.Retention;
using Orleans.Workflow.Hosting.Settings;
using Orleans.Workflow.Hosting.Totals;
using Orleans.Workflow.Storage;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Hosting;

/// <summary>Puts a silo, or a client of silos, into a host.</summary>
public static class WorkflowSilo
{
    /// <summary>How long a call may take until its caller gets a timeout, and does not know its outcome.</summary>
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Adds a silo with the grains and their storage.</summary>
    public static IHostApplicationBuilder AddWorkflowSilo(this IHostApplicationBuilder builder, HostSettings settings)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(settings);

        // The section is the Api's, but a silo that is given it too shows the metrics of its sources from the start.
        string[] sources = [.. builder.Configuration.GetSection("Sources").GetChildren().Select(static of => of.Key)];
        builder.Services.AddSingleton<WorkflowGrains>();
        builder.Services.AddSingleton(new GatewayDisconnects(isClient: false));
        builder.Services.AddSingleton(provider => new GrainMetrics(
            provider.GetRequiredService<IMeterFactory>(),
            sources
        ));
        builder.Services.AddSingleton<StatusUsageCounter>();
        builder.Services.AddSingleton(settings.Limits);
        builder.Services.AddHostedService<StatusUsageRecorder>();
        builder.Services.AddSingleton<RefoldMetrics>();
        builder.Services.AddHostedService<RefoldWorker>();
        builder.Services.AddWorkflowAudit(settings);
        builder.Services.AddWorkflowGrainStorage(settings.Storage);
        builder.Services.AddSingleton(settings.Telemetry);
        builder.Services.AddSingleton(settings.Cluster);
        builder.Services.AddSingleton<SqlTotals>();
        builder.Services.AddHostedService<TotalsGauges>();
        builder.Services.AddHealthChecks().AddCheck<CommitsHealth>("commits");
        builder.UseOrleans(silo =>
        {
            silo.Configure<ClusterOptions>(options => SetCluster(options, settings.Cluster));
            silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout);
            if (settings.Telemetry.Otlp is not null)
                silo.AddActivityPropagation();

            silo.Services.AddSingleton<IGrainStorageSerializer>(
                new SystemTextJsonStateSerializer(GrainStateJson.Default)
            );
            if (settings.Storage.Provider == StorageProvider.Postgres)
                JoinCluster(silo, settings);
            else
                StandAlone(silo);

            if (settings.HasDashboard)
                silo.AddDashboard(HideTrace);
        });
        builder.UseGracefulShutdown();

        // After Orleans, so that the grains are there when they begin.
        builder.Services.AddSingleton(settings.Retention);
        builder.Services.AddSingleton(settings.Audit);
        builder.Services.AddSingleton<ReceiptTrimmer>();
        builder.Services.AddSingleton<AuditMetrics>();
        builder.Services.AddSingleton<RetentionMetrics>();
        builder.Services.AddHostedService<SiloMetrics>();
        builder.Services.AddHostedService<RetentionService>();
        builder.Services.AddHostedService<BackgroundAudit>();
        return builder;
    }

    /// <summary>Adds a client of silos elsewhere.</summary>
    public static IHostApplicationBuilder AddWorkflowClient(this IHostApplicationBuilder builder, HostSettings settings)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(settings);
        builder.Services.AddSingleton<WorkflowGrains>();
        builder.Services.AddWorkflowReplays(settings);
        builder.Services.AddSingleton(static _ => new GatewayDisconnects(isClient: true));
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(options => SetCluster(options, settings.Cluster));
            client.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout);
            client.Configure<GatewayOptions>(options =>
                options.GatewayListRefreshPeriod = FailureDetection.GatewayListRefreshPeriod
            );
            client.AddGatewayCountChangedHandler(static services =>
                services.GetRequiredService<GatewayDisconnects>().Note
            );
            client.UseConnectionRetryFilter<GatewayConnectionRetryFilter>();
            client.Services.LimitSilence(FailureDetection.SilenceOfGateways);
            if (settings.Telemetry.Otlp is not null)
                client.AddActivityPropagation();

            client.UseAdoNetClustering(options =>
                options.Configure<DbDataSource>(
                    (clustering, dataSource) =>
                    {
                        clustering.Invariant = "Npgsql";
                        clustering.DataSource = dataSource;
                    }
                )
            );
            if (settings.HasDashboard)
                client.AddDashboard(HideTrace);
        });
        builder.UseGracefulShutdown();
        return builder;
    }

    /// <summary>
    /// Adds what folds again from stored receipts. A process without grains has no vocabulary of its own.
    /// </summary>
    internal static IServiceCollection AddWorkflowReplays(this IServiceCollection services, HostSettings settings)
    {
        services.AddWorkflowUpkeep(settings.Cluster.ServiceId);
        services.AddSingleton(static provider => new VocabularyCache(
            provider.GetRequiredService<IVocabularyStore>(),
            provider.GetService<WorkflowFold>()
        ));
        services.AddSingleton<WorkflowReplay>();
        services.AddSingleton(SnapshotCadence.Default);
        services.AddSingleton<StateSnapshots>();
        return services;
    }

    /// <summary>
    /// PostgreSQL always comes with its membership table, so that two processes on one database are one cluster.
    /// </summary>
    private static void JoinCluster(ISiloBuilder silo, HostSettings settings)
    {
        var addresses = SiloAddresses.Of(settings.Cluster, settings.Storage);
        silo.Services.AddSingleton(addresses);
        silo.UseAdoNetClustering(options =>
            options.Configure<DbDataSource>(
                (clustering, dataSource) =>
                {
                    clustering.Invariant = "Npgsql";
                    clustering.DataSource = dataSource;
                }
            )
        );
        silo.Configure<ClusterMembershipOptions>(FailureDetection.Configure);
        silo.Configure<SiloMessagingOptions>(options => options.ClientDropTimeout = FailureDetection.ClientDropTimeout);
        silo.Services.AddSingleton<MembershipFence>();
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(static services =>
            services.GetRequiredService<MembershipFence>()
        );
        silo.Services.AddSingleton<IMembershipFence>(static services => services.GetRequiredService<MembershipFence>());
        silo.Services.AddHealthChecks().AddCheck<MembershipHealth>("membership");
        silo.Services.LimitSilence(FailureDetection.SilenceOfSilos);
        silo.AddGrainService<SiloContact>();
        silo.Services.AddSingleton<SiloContactClient>();
        silo.Services.AddHostedService<UnreachedSilo>();
        silo.Configure<EndpointOptions>(options =>
        {
            options.AdvertisedIPAddress = addresses.Advertised;
            options.SiloPort = settings.Cluster.SiloPort;
            options.GatewayPort = settings.Cluster.GatewayPort;
            options.SiloListeningEndpoint = new IPEndPoint(addresses.Listen, settings.Cluster.SiloPort);
            options.GatewayListeningEndpoint = new IPEndPoint(addresses.Listen, settings.Cluster.GatewayPort);
        });
    }

    /// <summary>No other process talks to a silo on SQLite: any free port will do, and no gateway is opened.</summary>
    private static void StandAlone(ISiloBuilder silo)
    {
        silo.UseLocalhostClustering(siloPort: FreePort(), gatewayPort: 0);
        silo.Services.AddSingleton<IMembershipFence, NoFence>();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>The dashboard's log stream would pass by the console's escapes.</summary>
    private static void HideTrace(DashboardOptions options) => options.HideTrace = true;

    private static void SetCluster(ClusterOptions options, ClusterSettings cluster)
    {
        options.ClusterId = cluster.ClusterId;
        options.ServiceId = cluster.ServiceId;
    }

    /// <summary>Leaves time to write what was accepted and to hand over the grains.</summary>
    private static void UseGracefulShutdown(this IHostApplicationBuilder builder) =>
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(60));
}

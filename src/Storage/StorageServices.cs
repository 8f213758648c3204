using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Commit;
using Orleans.Workflow.Storage.Feed;
using Orleans.Workflow.Storage.Health;
using Orleans.Workflow.Storage.Migrations;
using Orleans.Workflow.Storage.Operators;
using Orleans.Workflow.Storage.Postgres;
using Orleans.Workflow.Storage.Processes;
using Orleans.Workflow.Storage.Queries;
using Orleans.Workflow.Storage.Retention;
using Orleans.Workflow.Storage.Snapshots;
using Orleans.Workflow.Storage.Sqlite;
using Orleans.Workflow.Storage.Vocabularies;

namespace Orleans.Workflow.Storage;

/// <summary>Puts the storage into a host.</summary>
public static class StorageServices
{
    /// <summary>Adds the database: its schema, the read model and the refused requests. For every host.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="settings">Where everything is stored.</param>
    /// <param name="isBeside">
    /// Whether the process has no grains, so that it may use a SQLite file beside the process that has.
    /// </param>
    public static IServiceCollection AddWorkflowDatabase(
        this IServiceCollection services,
        StorageSettings settings,
        bool isBeside = false
    )
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(settings);
        services.AddSingleton(settings);
        if (settings.Provider == StorageProvider.Postgres)
        {
            services.AddSingleton(provider => new PostgresConnections(
                settings,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<PostgresConnections>>()
            ));
            services.AddSingleton<DbDataSource>(static provider => provider.GetRequiredService<PostgresConnections>());
            services.AddSingleton<ISchema, PostgresSchema>();
            services.AddSingleton<ILeaderLock, PostgresLeaderLock>();
            services.AddSingleton(ReadDialect.Postgres);
        }
        else
        {
            services.AddSingleton(_ => new SqliteFileLock(settings.ConnectionString));
            services.AddSingleton(provider =>
            {
                if (!isBeside)
                    provider.GetRequiredService<SqliteFileLock>();

                return new SqliteDataSource(settings.ConnectionString, mayCreate: !isBeside);
            });
            services.AddSingleton<DbDataSource>(static provider => provider.GetRequiredService<SqliteDataSource>());
            services.AddSingleton<ISchema, SqliteSchema>();
            services.AddSingleton<SqliteBackup>();
            services.AddSingleton<ILeaderLock, SqliteLeaderLock>();
            services.AddSingleton(ReadDialect.Sqlite);
        }

        services.AddSingleton<SqlReadModel>();
        services.AddSingleton<SqlFactQueries>();
        services.AddSingleton<ConsoleQueries>();
        services.AddSingleton<TrendQueries>();
        services.AddSingleton<IPositionLog<Change>, SqlChangeLog>();
        services.AddSingleton<IPositionLog<LoggedFact>, SqlFactLog>();
        services.AddSingleton<SqlRejectedRequests>();
        services.AddSingleton<SqlErasure>();
        services.AddSingleton<SqlOperatorLog>();
        services.AddSingleton<SqlAttentionReviews>();
        services.AddSingleton<SqlProcesses>();
        services.AddSingleton<SqlIncidents>();
        services.AddSingleton<IReceiptHistory, SqlReceiptHistory>();
        services.AddSingleton<IVocabularyStore, SqlVocabularyStore>();
        services.AddSingleton<IStatusUsageStore, SqlStatusUsageStore>();
        services.AddSingleton<IRefoldJobs, SqlRefoldJobs>();
        return services;
    }

    /// <summary>Adds what audits and removes: snapshots of all that is stored, and retention.</summary>
    public static IServiceCollection AddWorkflowUpkeep(this IServiceCollection services, string serviceId) =>
        services
            .AddSingleton<IWorkflowSnapshots>(provider => new SqlSnapshots(
                provider.GetRequiredService<DbDataSource>(),
                provider.GetRequiredService<ReadDialect>(),
                serviceId
            ))
            .AddSingleton<IRetentionStore, SqlRetentionStore>();

    /// <summary>
    /// Adds the storage of workflows, which commits those of many grains together, and the ADO.NET provider over the
    /// same table for grains without receipts. For hosts of grains.
    /// </summary>
    public static IServiceCollection AddWorkflowGrainStorage(this IServiceCollection services, StorageSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        services.AddAdoNetGrainStorageAsDefault(options =>
            options.Configure<DbDataSource>(
                (adoNet, dataSource) =>
                {
                    adoNet.Invariant = settings.Provider == StorageProvider.Postgres ? "Npgsql" : "System.Data.SQLite";
                    adoNet.DataSource = dataSource;
                }
            )
        );
        services.TryAddSingleton(provider => CreateStateDatabase(provider, settings));
        services.TryAddSingleton<GroupCommitMetrics>();
        services.TryAddSingleton<CommitHealth>();
        services.AddHostedService<CommitProbe>();
        services.TryAddSingleton(
            new WaitingWrites(
                new GroupCommitOptions(settings.MaxBatch, settings.MaxWaiting, settings.MaxWaitingOfWorkflow)
            )
        );
        services.TryAddSingleton(provider => new GroupCommitter(
            provider.GetRequiredService<IStateDatabase>(),
            provider.GetRequiredService<WaitingWrites>(),
            provider.GetRequiredService<GroupCommitMetrics>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<GroupCommitter>>(),
            health: provider.GetRequiredService<CommitHealth>()
        ));
        services.TryAddSingleton<IWriteAdmission>(static provider => provider.GetRequiredService<GroupCommitter>());
        services.TryAddSingleton<IWorkflowStorage>(static provider => provider.GetRequiredService<GroupCommitter>());
        services.TryAddSingleton<IFactStorage>(provider => new FactCommitter(
            provider.GetRequiredService<IStateDatabase>(),
            provider.GetRequiredService<DbDataSource>(),
            provider.GetRequiredService<WaitingWrites>(),
            provider.GetRequiredService<GroupCommitMetrics>(),
            provider.GetRequiredService<CommitHealth>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<FactCommitter>>()
        ));
        return services;
    }

    private static IStateDatabase CreateStateDatabase(IServiceProvider provider, StorageSettings settings)
    {
        var serviceId = provider.GetRequiredService<IOptions<ClusterOptions>>().Value.ServiceId;
        return settings.Provider == StorageProvider.Postgres
            ? new PostgresStateDatabase(
                provider.GetRequiredService<PostgresConnections>(),
                serviceId,
                settings,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<PostgresStateDatabase>>()
            )
            : new SqliteStateDatabase(provider.GetRequiredService<SqliteDataSource>(), serviceId);
    }
}

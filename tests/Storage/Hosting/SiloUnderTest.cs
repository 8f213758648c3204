using System.Data.Common;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Storage;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains;
using Orleans.Workflow.Grains.Audit;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Workflows;
using Orleans.Workflow.Hosting;
using Orleans.Workflow.Hosting.Settings;
using Orleans.Workflow.Storage.Commit;
using Orleans.Workflow.Storage.Migrations;
using Orleans.Workflow.Storage.Queries;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Storage.Tests.Hosting;

/// <summary>A silo of the product, with its real registrations, over a database of its own schema.</summary>
public sealed class SiloUnderTest : IAsyncDisposable
{
    private readonly IHost _host;

    private SiloUnderTest(IHost host, StorageSettings settings) => (_host, Settings) = (host, settings);

    /// <summary>Where everything is stored.</summary>
    public StorageSettings Settings { get; }

    /// <summary>The services of the silo.</summary>
    public IServiceProvider Services => _host.Services;

    /// <summary>The product's storage of workflows.</summary>
    public IWorkflowStorage Storage => Services.GetRequiredService<IWorkflowStorage>();

    /// <summary>The plain ADO.NET provider over the same table.</summary>
    public IGrainStorage Provider => Services.GetRequiredKeyedService<IGrainStorage>("Default");

    /// <summary>The read model.</summary>
    public SqlReadModel ReadModel => Services.GetRequiredService<SqlReadModel>();

    /// <summary>The database itself, for looking behind.</summary>
    public DbDataSource Database => Services.GetRequiredService<DbDataSource>();

    /// <summary>What the storage writes to and reads from.</summary>
    internal ControlledDatabase Control => (ControlledDatabase)Services.GetRequiredService<IStateDatabase>();

    /// <summary>What lets notifications in.</summary>
    internal ControlledAdmission Admission => (ControlledAdmission)Services.GetRequiredService<IWriteAdmission>();

    /// <summary>What lets it serve.</summary>
    internal ControlledFence Fence => (ControlledFence)Services.GetRequiredService<IMembershipFence>();

    /// <summary>Starts a silo.</summary>
    /// <param name="settings">The database; brought up to date first.</param>
    /// <param name="configure">Changes to the registrations.</param>
    /// <param name="vocabulary">How words are read; by default as by default.</param>
    public static async Task<SiloUnderTest> StartAsync(
        StorageSettings settings,
        Action<IServiceCollection>? configure = null,
        Vocabulary? vocabulary = null
    )
    {
        var ports = FreePort.Next(2);
        var cluster = new ClusterSettings(
            ClusterMode.Embedded,
            "tests",
            "tests",
            ports[0],
            ports[1],
            IPAddress.Loopback,
            null
        );
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddWorkflowDatabase(settings);
        builder.AddWorkflowSilo(
            new HostSettings(
                settings,
                cluster,
                vocabulary ?? Vocabulary.Default,
                TelemetrySettings.Local,
                RetentionSettings.Off,
                AuditSettings.Off,
                HasDashboard: false
            )
        );
        ControlledDatabase.Decorate(builder.Services);
        ControlledAdmission.Decorate(builder.Services);
        ControlledFence.Decorate(builder.Services);
        configure?.Invoke(builder.Services);

        var silo = new SiloUnderTest(builder.Build(), settings);
        await silo.Services.GetRequiredService<ISchema>().Migrate(CancellationToken.None);
        await silo._host.AdoptVocabulary(vocabulary ?? Vocabulary.Default);
        await silo._host.StartAsync();
        return silo;
    }

    /// <summary>A workflow's grain.</summary>
    public IWorkflowGrain Workflow(string workflowId) =>
        Services.GetRequiredService<IGrainFactory>().GetGrain<IWorkflowGrain>(GrainKeys.Workflow(workflowId));

    /// <summary>A node task's grain.</summary>
    public INodeTaskGrain NodeTask(string workflowId, string nodeTaskId) => Facts(workflowId, nodeTaskId);

    /// <summary>A grain that keeps facts.</summary>
    public INodeTaskGrain Facts(string workflowId, string nodeTaskId) =>
        Services.GetRequiredService<IGrainFactory>().GetGrain<INodeTaskGrain>(GrainKeys.Facts(workflowId, nodeTaskId));

    /// <summary>What is stored of a workflow's grain, with how much the list says was received.</summary>
    public async Task<WorkflowGrainState> StoredWorkflow(string workflowId)
    {
        // By the provider, so that the reads of grains can be counted.
        var state = new GrainState<WorkflowGrainState>();
        var grain = GrainId.Create("workflow", GrainKeys.Workflow(workflowId));
        await Provider.ReadStateAsync(StateNames.Workflow, grain, state);
        var (seq, at) = (await Column("seq"), await Column("last_received_at"));
        return new WorkflowGrainState
        {
            Workflow = state.State!.Workflow?.Received(seq, at),
            Head = state.State.Head?.Received(seq, at),
        };

        Task<long> Column(string name) =>
            Number($"SELECT {name} FROM workflow WHERE workflow_id = @id", ("id", workflowId));
    }

    /// <summary>Writes the first commits of workflows, in one batch.</summary>
    internal async Task Store(params IEnumerable<WorkflowCommit> commits)
    {
        var writes = commits.Select(static commit => new StateWrite(commit)).ToList();
        (await Services.GetRequiredService<IStateDatabase>().Write(writes, CancellationToken.None)).ShouldAllBe(
            static result => result == new CommitResult.Committed(1)
        );
    }

    /// <summary>Asks the database for one number.</summary>
    public async Task<long> Number(string sql, params (string Name, object? Value)[] values)
    {
        await using var connection = await Database.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in values)
            command.Set(name, value);

        return Convert.ToInt64(await command.ExecuteScalarAsync());
    }

    /// <summary>Runs a statement.</summary>
    public async Task Execute(string sql, params (string Name, object? Value)[] values) => await Number(sql, values);

    /// <summary>What an audit finds of a workflow.</summary>
    public async Task<IReadOnlyList<string>> Findings(string workflowId)
    {
        await using var snapshot = await Services.GetRequiredService<IWorkflowSnapshots>().Open(CancellationToken.None);
        var auditor = Services.GetRequiredService<WorkflowAuditor>();
        var audit = await auditor.Audit(snapshot, workflowId, CancellationToken.None);
        return [.. audit.Findings.Select(static finding => $"{finding}")];
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        Control.Heal();
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}

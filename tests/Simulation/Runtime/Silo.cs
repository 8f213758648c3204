using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.NodeTasks;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Vocabularies;
using Orleans.Workflow.Grains.Workflows;
using Orleans.Workflow.Simulation.Tests.Database;
using Orleans.Workflow.Simulation.Tests.Scheduling;
using Orleans.Workflow.Storage.Commit;

namespace Orleans.Workflow.Simulation.Tests.Runtime;

/// <summary>
/// A silo: the product's grains over the product's group commit, on a connection of its own to the database.
/// </summary>
internal sealed class Silo
{
    private static readonly WorkflowFold Fold = new(Vocabulary.Default);
    private static readonly IMeterFactory Meters = new ServiceCollection()
        .AddMetrics()
        .BuildServiceProvider()
        .GetRequiredService<IMeterFactory>();
    private static readonly GrainMetrics Metrics = new(Meters);
    private static readonly StatusUsageCounter Words = new();

    // Here a silo that was declared dead continues: what is stored must be right without a fence too.
    private static readonly NoFence Fence = new();

    private readonly SimulatedScheduler _pool;
    private readonly IWriteAdmission _admission;
    private readonly IWorkflowStorage _storage;
    private readonly DatabaseConnection _connection;
    private readonly StateSnapshots _snapshots;
    private readonly WorkflowGrains _grains;
    private readonly Cluster _cluster;
    private readonly string _name;

    public Silo(string name, Cluster cluster, StateTables tables, GroupCommitOptions options, SnapshotCadence cadence)
    {
        (_name, _cluster) = (name, cluster);
        _pool = new SimulatedScheduler(cluster.SimulationLoop, inOrder: false);
        _connection = new DatabaseConnection(cluster, tables);
        _snapshots = new StateSnapshots(_connection, new VocabularyCache(store: null!, Fold), cadence);
        // Never disposed of: a silo of a world ends with its place.
        var committer = new GroupCommitter(
            _connection,
            new WaitingWrites(options),
            new GroupCommitMetrics(Meters),
            cluster.Time,
            NullLogger<GroupCommitter>.Instance,
            _pool
        );
        (_storage, _admission) = (committer, committer);
        _grains = new WorkflowGrains(new GrainFactory(new Caller(cluster, this)));
        Services = new SiloServices(cluster.Time);
    }

    /// <summary>What its grains find.</summary>
    public SiloServices Services { get; }

    /// <summary>Its activations, the oldest first.</summary>
    public List<Activation> Activations { get; } = [];

    /// <summary>Whether it still runs, which it may after it was declared dead.</summary>
    public bool Runs { get; private set; } = true;

    /// <summary>Makes the grain of an activation.</summary>
    public Grain Create(Activation activation) =>
        activation.GrainId.Type == GrainKind.Workflow
            ? new WorkflowGrain(
                _storage,
                Fold,
                WorkflowLimits.Default,
                _admission,
                Fence,
                _snapshots,
                Metrics,
                // The simulation has no refolds.
                replay: null!,
                vocabularies: null!,
                Words,
                _cluster.Time,
                NullLogger<WorkflowGrain>.Instance
            )
            : new NodeTaskGrain(
                _grains,
                // The simulation has no facts.
                storage: null!,
                _admission,
                Fence,
                Metrics,
                _cluster.Time
            );

    /// <summary>Ends at once. The database still executes what the silo has sent.</summary>
    /// <returns>The calls that will never be answered.</returns>
    public List<Message> Die()
    {
        Runs = false;
        _pool.Vanish();
        return [.. Activations.SelectMany(static activation => activation.Vanish())];
    }

    public override string ToString() => _name;
}

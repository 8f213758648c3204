using Orleans.Storage;
using Orleans.Workflow.Grains;
using Orleans.Workflow.Grains.Workflows;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Compliance;

/// <summary>What the storage must do on every database, over the storage that the product registers in its silos.</summary>
public abstract partial class StorageCompliance(SiloFixture fixture)
{
    private SiloUnderTest Silo => fixture.Silo;

    private IGrainStorage Storage => Silo.Storage;

    private Task Write(GrainId grain, IGrainState<WorkflowGrainState> state) =>
        Storage.WriteStateAsync(StateNames.Workflow, grain, state).InTime();

    private async Task<GrainState<WorkflowGrainState>> Read(GrainId grain)
    {
        var state = new GrainState<WorkflowGrainState>();
        await Storage.ReadStateAsync(StateNames.Workflow, grain, state).InTime();
        return state;
    }

    private Task<long> StateRows(string key) =>
        Silo.Number("SELECT count(*) FROM orleansstorage WHERE grainidextensionstring = @key", ("key", key));

    /// <summary>How many derived rows there are of a workflow, in all tables.</summary>
    private Task<long> DerivedRows(string workflowId) => Silo.Number(
        """
        SELECT (SELECT count(*) FROM workflow WHERE workflow_id = @id)
          + (SELECT count(*) FROM receipt WHERE workflow_id = @id)
          + (SELECT count(*) FROM receipt WHERE workflow_id = @id AND changes IS NOT NULL)
        """,
        ("id", workflowId));
}

/// <summary>The suite on SQLite.</summary>
public sealed class SqliteStorage(SqliteSilo fixture) : StorageCompliance(fixture), IClassFixture<SqliteSilo>;

using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Compliance;

/// <summary>What the storage must do on every database, over the storage that the product registers in its silos.</summary>
public abstract partial class StorageCompliance(SiloFixture fixture)
{
    private SiloUnderTest Silo => fixture.Silo;

    private Task<CommitResult> Commit(WorkflowCommit commit) => Silo.Storage.Commit(commit).InTime();

    private Task<StoredRow?> Read(string workflowId) => Silo.Storage.Read(workflowId).InTime();

    private async Task ShouldCommit(WorkflowCommit commit) =>
        (await Commit(commit)).ShouldBe(new CommitResult.Committed((commit.Version ?? 0) + 1));

    /// <summary>Nothing is written.</summary>
    private async Task ShouldNotBeNext(WorkflowCommit commit, string? stored)
    {
        (await Commit(commit)).ShouldBe(new CommitResult.NotNext());
        (await Read(commit.Workflow.WorkflowId)).Text().ShouldBe(stored);
    }

    private Task<long> StateRows(string workflowId) => Silo.Number(
        "SELECT count(*) FROM orleansstorage WHERE grainidextensionstring = @key", ("key", GrainKeys.Workflow(workflowId)));

    /// <summary>How many rows lists and histories are read from, of a workflow.</summary>
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

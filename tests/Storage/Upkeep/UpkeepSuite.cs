using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Workflow.Grains.Audit;
using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Grains.Receipts;
using Orleans.Workflow.Grains.Vocabularies;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Upkeep;

/// <summary>Audit and retention on every database, in a silo of the product.</summary>
public abstract partial class UpkeepSuite(SiloFixture fixture)
{
    private SiloUnderTest Silo => fixture.Silo;

    private IWorkflowSnapshots Snapshots => Silo.Services.GetRequiredService<IWorkflowSnapshots>();

    private IRetentionStore Store => Silo.Services.GetRequiredService<IRetentionStore>();

    private ReceiptTrimmer Trimmer => new(Snapshots, Store, Silo.Services.GetRequiredService<KnownVocabularies>(), NullLogger<ReceiptTrimmer>.Instance);

    private async Task<WorkflowAudit> Audit(string workflowId)
    {
        await using var snapshot = await Snapshots.Open(CancellationToken.None);
        return await Silo.Services.GetRequiredService<WorkflowAuditor>().Audit(snapshot, workflowId, CancellationToken.None).InTime();
    }

    private async Task ShouldBeClean(string workflowId)
    {
        var audit = await Audit(workflowId);
        audit.Findings.ShouldBeEmpty();
        audit.IsOtherVocabulary.ShouldBeFalse();
    }

    private async Task<List<string>> Orphans()
    {
        await using var snapshot = await Snapshots.Open(CancellationToken.None);
        var keys = new List<string>();
        await foreach (var key in snapshot.ListOrphans(CancellationToken.None))
            keys.Add(key);

        return keys;
    }

    /// <summary>A workflow that ran and ended, with a node task that was asked for.</summary>
    private async Task<string> Ended()
    {
        var workflowId = Sample.Unique("odd/%2F id");
        var workflow = Silo.Workflow(workflowId);
        await workflow.Receive(Receipts.Of(workflowId, "running", ("n", "running"), ("m", "waiting"))).InTime();
        (await Silo.NodeTask(workflowId, "n").GetState().InTime()).ShouldNotBeNull();
        await workflow.Receive(Receipts.Of(workflowId, "finished", ("n", "finished"))).InTime();
        await workflow.Receive(Receipts.Of(workflowId, "running")).InTime();
        return workflowId;
    }

    private Task<long> Rows(string table, string workflowId) =>
        Silo.Number($"SELECT count(*) FROM {table} WHERE workflow_id = @id", ("id", workflowId));
}

/// <summary>The suite on SQLite.</summary>
public sealed class SqliteUpkeep(SqliteSilo fixture) : UpkeepSuite(fixture), IClassFixture<SqliteSilo>;

/// <summary>The suite on PostgreSQL.</summary>
public sealed class PostgresUpkeep(PostgresSilo fixture) : UpkeepSuite(fixture), IClassFixture<PostgresSilo>;

using System.Data.Common;
using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Storage.GroupCommit;

namespace Orleans.Workflow.Storage.Retention;

/// <summary>Removes what a deleted workflow takes with it, inside the transaction that writes its tombstone.</summary>
internal static class RemovalSql
{
    /// <summary>Removes it.</summary>
    public static async Task Remove(
        DbConnection connection,
        DbTransaction transaction,
        string serviceId,
        Removal removal,
        CancellationToken cancellationToken)
    {
        await Delete("DELETE FROM workflow WHERE workflow_id = @workflow_id");
        await Delete("DELETE FROM workflow_order WHERE workflow_id = @workflow_id");
        if (removal.Tombstone is { } tombstone)
        {
            // Whatever checkpoint there is, it ends before the tombstone: the grain has seen every receipt.
            await CheckpointSql.Put(connection, transaction, tombstone, cancellationToken);
            await CheckpointSql.RemoveReceipts(
                connection, transaction, removal.WorkflowId, tombstone.Seq, cancellationToken);
            var snapshot = RowKey.Of(removal.Snapshot.GrainId, removal.Snapshot.StateName);
            await StateSnapshotSql.Delete(connection, transaction, serviceId, snapshot, cancellationToken);
        }

        async Task Delete(string text)
        {
            await using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = text;
            command.Set("workflow_id", removal.WorkflowId);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}

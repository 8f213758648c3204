using System.Data.Common;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Commit;

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
        CancellationToken cancellationToken
    )
    {
        // Whatever baseline there is, it ends before the tombstone: the grain has seen every receipt.
        var tombstone = removal.Tombstone;
        await BaselineSql.Put(connection, transaction, tombstone, cancellationToken);
        await BaselineSql.RemoveReceipts(
            connection,
            transaction,
            tombstone.WorkflowId,
            tombstone.Seq,
            cancellationToken
        );
        await RemoveFacts(connection, transaction, tombstone.WorkflowId, cancellationToken);
        await StateSnapshotSql.Delete(connection, transaction, serviceId, removal.Snapshot, cancellationToken);
    }

    private static async Task RemoveFacts(
        DbConnection connection,
        DbTransaction transaction,
        string workflowId,
        CancellationToken cancellationToken
    )
    {
        foreach (var table in (string[])["fact", "fact_count", "fact_baseline"])
        {
            await using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = $"DELETE FROM {table} WHERE workflow_id = @workflow_id";
            command.Set("workflow_id", workflowId);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}

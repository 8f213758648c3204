using System.Data.Common;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Storage.Retention;

/// <summary>Replaces a prefix of a workflow's receipts by a baseline, inside a transaction of the caller.</summary>
internal static class BaselineSql
{
    /// <summary>The columns that <see cref="Read"/> takes.</summary>
    public const string Columns = "workflow_id, seq, version, vocabulary, state, deleted, removed_through";

    /// <summary>
    /// Gives the workflow's row another version, in a transaction that changes what its state is folded from. The row
    /// is locked until the transaction ends, and a refold that has read the receipts before it is refused.
    /// </summary>
    /// <returns>Whether there is a row.</returns>
    public static async Task<bool> Guard(
        DbConnection connection,
        DbTransaction transaction,
        string workflowId,
        CancellationToken cancellationToken
    )
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText =
            "UPDATE orleansstorage SET version = version + 1 "
            + "WHERE grainidextensionstring = @key AND graintypestring = @type";
        command.Set("key", GrainKeys.Workflow(workflowId));
        command.Set("type", StateNames.Workflow);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <summary>
    /// Writes the baseline, unless there is a later one or a tombstone, or a refold of what it replaces came meanwhile.
    /// Two that write at a time agree: receipts never change.
    /// </summary>
    /// <returns>Whether it was written.</returns>
    public static async Task<bool> Put(
        DbConnection connection,
        DbTransaction transaction,
        BaselineRow baseline,
        CancellationToken cancellationToken
    )
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = $"""
            INSERT INTO baseline ({Columns})
            SELECT @workflow_id, @seq, @version, @vocabulary, @state, @deleted, @removed_through
            WHERE NOT EXISTS (SELECT 1 FROM receipt WHERE workflow_id = @workflow_id AND seq > @seq AND kind = 1)
            ON CONFLICT (workflow_id) DO UPDATE SET
              seq = excluded.seq, version = excluded.version, vocabulary = excluded.vocabulary, state = excluded.state,
              deleted = excluded.deleted, made_at = excluded.made_at,
              removed_through = CASE
                WHEN baseline.removed_through > excluded.removed_through THEN baseline.removed_through
                ELSE excluded.removed_through END
            WHERE baseline.seq <= excluded.seq AND baseline.deleted <= excluded.deleted
            """;
        command.Set("workflow_id", baseline.WorkflowId);
        command.Set("seq", baseline.Seq);
        command.Set("version", baseline.Version);
        command.Set("vocabulary", baseline.Vocabulary);
        command.Set("state", baseline.State);
        command.Set("deleted", (short)(baseline.IsDeleted ? 1 : 0));
        command.Set("removed_through", baseline.RemovedThrough);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <summary>Removes the receipts that a baseline replaces.</summary>
    public static async Task<int> RemoveReceipts(
        DbConnection connection,
        DbTransaction transaction,
        string workflowId,
        long throughSeq,
        CancellationToken cancellationToken
    )
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "DELETE FROM receipt WHERE workflow_id = @workflow_id AND seq <= @seq";
        command.Set("workflow_id", workflowId);
        command.Set("seq", throughSeq);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Reads a row.</summary>
    public static BaselineRow Read(DbDataReader reader) =>
        new(
            reader.GetString(0),
            reader.GetInt64(1),
            reader.GetInt64(2),
            reader.GetString(3),
            reader.GetString(4),
            reader.GetInt32(5) != 0,
            reader.GetInt64(6)
        );
}

using System.Data.Common;
using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Storage.Commit;

/// <summary>Writes and removes states beside their workflow's row, in the transaction that writes that row.</summary>
internal static class StateSnapshotSql
{
    /// <summary>Puts a snapshot in the place of the last one.</summary>
    public static async Task Put(
        DbConnection connection,
        DbTransaction transaction,
        string serviceId,
        StateSnapshot snapshot,
        string now,
        CancellationToken cancellationToken
    )
    {
        // The workflow's own row is locked, so no other transaction writes this one.
        var key = RowKey.Of(snapshot.Name);
        await Delete(connection, transaction, serviceId, snapshot.Name, cancellationToken);
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = $"""
            INSERT INTO orleansstorage
              (grainidhash, grainidn0, grainidn1, graintypehash, graintypestring, grainidextensionstring, serviceid,
               payloadbinary, modifiedon, version)
            VALUES (@hash, 0, 0, @type_hash, @type, @key, @service_id, @payload, {now}, 1)
            """;
        StateIdentity.Set(command, serviceId, snapshot.Name);
        command.Set("hash", key.Hash);
        command.Set("type_hash", key.TypeHash);
        command.Set("payload", snapshot.Payload.ToArray());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Removes a state.</summary>
    public static async Task Delete(
        DbConnection connection,
        DbTransaction transaction,
        string serviceId,
        GrainStateName name,
        CancellationToken cancellationToken
    )
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = $"DELETE FROM orleansstorage WHERE {StateIdentity.Condition}";
        StateIdentity.Set(command, serviceId, name);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

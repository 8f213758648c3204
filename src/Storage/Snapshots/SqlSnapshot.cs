using System.Data.Common;
using System.Runtime.CompilerServices;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Commit;
using Orleans.Workflow.Storage.Postgres;
using Orleans.Workflow.Storage.Queries;
using Orleans.Workflow.Storage.Retention;

namespace Orleans.Workflow.Storage.Snapshots;

/// <summary>What a transaction sees, in SQL that both databases understand.</summary>
internal sealed class SqlSnapshot(
    DbConnection connection,
    DbTransaction transaction,
    ReadDialect dialect,
    string serviceId
) : IWorkflowSnapshot
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> ListIds(string after, int limit, CancellationToken cancellationToken)
    {
        await using var command = Command(
            SnapshotSql.Ids,
            ("after", after),
            ("prefix", GrainKeys.WorkflowPrefix),
            ("limit", limit)
        );
        return await command.ReadAll(static reader => reader.GetString(0), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<BaselineRow?> FindBaseline(string workflowId, CancellationToken cancellationToken)
    {
        await using var command = Command(
            $"SELECT {BaselineSql.Columns} FROM baseline WHERE workflow_id = @workflow_id",
            ("workflow_id", workflowId)
        );
        return (await command.ReadAll(BaselineSql.Read, cancellationToken)).SingleOrDefault();
    }

    /// <inheritdoc/>
    public async Task<RefoldMark?> FindLastRefold(string workflowId, long upTo, CancellationToken cancellationToken)
    {
        await using var command = Command(SnapshotSql.LastRefold, ("workflow_id", workflowId), ("up_to", upTo));
        var found = await command.ReadAll(
            static reader => new RefoldMark(reader.GetInt64(0), reader.GetString(1)),
            cancellationToken
        );
        return found.SingleOrDefault();
    }

    /// <inheritdoc/>
    public async Task<long?> FindLast(string workflowId, long upTo, CancellationToken cancellationToken)
    {
        await using var command = Command(SnapshotSql.Last, ("workflow_id", workflowId), ("up_to", upTo));
        return await command.ExecuteScalarAsync(cancellationToken) as long?;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReceiptRow> Read(
        string workflowId,
        long afterSeq,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        // In pages, because on SQLite and under Npgsql one connection has one reader at a time, and the caller may ask
        // for more meanwhile.
        for (var after = afterSeq; ; )
        {
            var page = await ReadPage(workflowId, after, cancellationToken);
            foreach (var row in page)
                yield return row;

            if (page.Count < SnapshotSql.ReceiptsOfPage)
                yield break;

            after = page[^1].Seq;
        }
    }

    /// <inheritdoc/>
    public async Task<StoredRow?> FindStored(string workflowId, CancellationToken cancellationToken)
    {
        await using var command = Command(
            $"SELECT {StoredRowSql.Columns} FROM orleansstorage s WHERE {StateIdentity.Condition}"
        );
        StateIdentity.Set(command, serviceId, new GrainStateName(StateNames.Workflow, GrainKeys.Workflow(workflowId)));
        var found = await command.ReadAll(static reader => StoredRowSql.Read(reader, 0), cancellationToken);
        return found.SingleOrDefault();
    }

    /// <inheritdoc/>
    public async Task<byte[]?> FindState(GrainStateName name, CancellationToken cancellationToken)
    {
        await using var command = Command($"SELECT payloadbinary FROM orleansstorage WHERE {StateIdentity.Condition}");
        StateIdentity.Set(command, serviceId, name);
        return await command.ExecuteScalarAsync(cancellationToken) as byte[];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, object?>?> FindRow(
        string workflowId,
        CancellationToken cancellationToken
    )
    {
        await using var command = Command(
            "SELECT * FROM workflow WHERE key = @key",
            ("key", GrainKeys.Workflow(workflowId))
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
            return null;

        return Enumerable
            .Range(0, reader.FieldCount)
            .ToDictionary(reader.GetName, column => reader.GetValue(column) switch
                {
                    DBNull => null,
                    short or int => (object?)Convert.ToInt64(reader.GetValue(column)),
                    var value => value,
                });
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, object?> ExpectedRow(WorkflowRow row) => SnapshotSql.Columns(row);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Miscount>> FindMiscounts(string workflowId, CancellationToken cancellationToken)
    {
        await using var command = Command(SnapshotSql.Miscounts, ("workflow_id", workflowId));
        command.CommandTimeout = 0;
        return await command.ReadAll(
            static reader => new Miscount(FactCountSql.Read(reader), FactCountSql.Read(reader, count: 5)),
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListOrphans([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = Command(SnapshotSql.Orphans, ("service_id", serviceId));
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            yield return reader.GetString(0);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }

    private async Task<List<ReceiptRow>> ReadPage(string workflowId, long after, CancellationToken cancellationToken)
    {
        await using var command = Command(SnapshotSql.Receipts, ("workflow_id", workflowId), ("after", after));
        return await command.ReadAll(ReadReceipt, cancellationToken);
    }

    private ReceiptRow ReadReceipt(DbDataReader reader) =>
        new(
            dialect.ReadId(reader, 0),
            reader.GetInt64(1),
            reader.GetInt64(2),
            reader.GetString(3),
            (ReceiptEffect)reader.GetInt32(4),
            reader.GetInt64(5),
            reader.GetString(6),
            reader.GetFieldValue<byte[]>(7),
            reader.Text(8) is { } changes ? ReceiptColumns.ReadChanges(changes) : []
        )
        {
            Kind = (ReceiptKind)reader.GetInt32(9),
        };

    private DbCommand Command(string text, params (string Name, object? Value)[] values)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.Write(text, values);
        return command;
    }
}

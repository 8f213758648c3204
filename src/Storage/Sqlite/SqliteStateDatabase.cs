using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Storage.GroupCommit;
using Orleans.Workflow.Storage.ReadModel;

namespace Orleans.Workflow.Storage.Sqlite;

/// <summary>
/// State rows in SQLite: one connection that writes, one transaction a batch. The provider's calls block, whatever their names, and
/// so do these.
/// </summary>
internal sealed class SqliteStateDatabase : IStateDatabase, IDisposable
{
    private readonly string _serviceId;
    private readonly Lock _lock = new();
    private readonly Lazy<(SqliteConnection Connection, SqliteStatements Statements)> _writer;

    public SqliteStateDatabase(SqliteDataSource dataSource, string serviceId)
    {
        _serviceId = serviceId;
        _writer = new(() =>
        {
            var connection = dataSource.OpenConnection();
            return (connection, new SqliteStatements(connection));
        });
    }

    /// <inheritdoc/>
    public int Lanes => 1;

    /// <inheritdoc/>
    public Task<int?[]> Write(IReadOnlyList<StateWrite> writes, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var statements = _writer.Value.Statements;
            statements.Begin.Execute();
            try
            {
                var versions = new int?[writes.Count];
                for (var i = 0; i < versions.Length; i++)
                    versions[i] = Write(statements, writes[i]);

                statements.Commit.Execute();
                return Task.FromResult(versions);
            }
            catch
            {
                Rollback(statements);
                throw;
            }
        }
    }

    /// <inheritdoc/>
    public Task<StoredState?[]> Read(IReadOnlyList<StateRead> reads, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var rows = new StoredState?[reads.Count];
            for (var i = 0; i < rows.Length; i++)
            {
                var key = reads[i].Key;
                using var reader = _writer.Value.Statements.ReadState.Query(
                    key.GrainIdHash, key.GrainTypeHash, key.GrainIdN0, key.GrainIdN1, key.GrainTypeString, key.GrainIdExtensionString, _serviceId);
                if (reader.Read())
                    rows[i] = new StoredState(reader.IsDBNull(0) ? null : reader.GetFieldValue<byte[]>(0), reader.IsDBNull(1) ? null : reader.GetInt32(1));
            }

            return Task.FromResult(rows);
        }
    }

    /// <inheritdoc/>
    /// <remarks>A constraint or a value that SQLite refuses ends before COMMIT; an error of the disk may come from COMMIT itself.</remarks>
    public bool ProvesRollback(Exception exception) =>
        exception is SqliteException { SqliteErrorCode: 1 or 18 or 19 or 20 };

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            if (!_writer.IsValueCreated)
                return;

            _writer.Value.Statements.Dispose();
            _writer.Value.Connection.Dispose();
        }
    }

    private static void Rollback(SqliteStatements statements)
    {
        try
        {
            statements.Rollback.Execute();
        }
        catch (SqliteException)
        {
            // Some errors have rolled back already; the first error is the one to tell.
        }
    }

    private int? Write(SqliteStatements statements, StateWrite write)
    {
        var key = write.Key;
        var payload = Bytes(write.Payload);
        var version = write.ETag is { } etag
            ? statements.UpdateState.Execute(
                key.GrainIdHash, key.GrainTypeHash, key.GrainIdN0, key.GrainIdN1, key.GrainTypeString, key.GrainIdExtensionString, _serviceId, payload, etag)
            : statements.InsertState.Execute(
                key.GrainIdHash, key.GrainTypeHash, key.GrainIdN0, key.GrainIdN1, key.GrainTypeString, key.GrainIdExtensionString, _serviceId, payload);
        if (version is null)
            return null;

        if (write.Rows is { } rows)
            Write(statements, rows);

        return checked((int)(long)version);
    }

    private static void Write(SqliteStatements statements, CommitRows rows)
    {
        var workflow = rows.Workflow;
        statements.PutWorkflow.Execute(
            workflow.WorkflowId, workflow.Name, WorkflowColumns.NameLower(workflow), workflow.Status, workflow.StatusNormalised,
            (int?)workflow.Phase, (int?)workflow.Outcome, workflow.Attention, WorkflowColumns.NodeTypesJson(workflow), workflow.Version,
            workflow.Seq, workflow.FirstReceivedAt, workflow.LastReceivedAt, workflow.ChangedAt, Standing.Of(workflow));
        if (rows.MovesInOrders)
        {
            statements.PutOrder.Execute(
                workflow.WorkflowId, WorkflowColumns.NameLower(workflow), workflow.FirstReceivedAt, Standing.Of(workflow), workflow.StatusNormalised,
                workflow.Attention);
        }

        foreach (var receipt in rows.Receipts)
        {
            statements.AddReceipt.Execute(
                receipt.Id.ToByteArray(bigEndian: true), workflow.WorkflowId, receipt.Seq, receipt.ReceivedAt, receipt.Source,
                (int)receipt.Effect, receipt.Version, receipt.Vocabulary, Bytes(receipt.Body), ReceiptColumns.Changes(receipt), (int)receipt.Kind);
        }
    }

    private static byte[] Bytes(ReadOnlyMemory<byte> memory) =>
        MemoryMarshal.TryGetArray(memory, out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length
            ? segment.Array
            : memory.ToArray();
}

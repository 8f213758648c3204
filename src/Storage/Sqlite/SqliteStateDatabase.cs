using Microsoft.Data.Sqlite;
using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Storage.GroupCommit;
using Orleans.Workflow.Storage.ReadModel;
using Orleans.Workflow.Storage.Retention;

namespace Orleans.Workflow.Storage.Sqlite;

/// <summary>
/// State rows in SQLite: one connection that writes, one transaction a batch, and one that reads beside it. SQLite's calls block, and so
/// do these.
/// </summary>
internal sealed class SqliteStateDatabase : IStateDatabase, IDisposable
{
    // SQLite's primary result codes.
    private const int ReadOnly = 8, IoError = 10, Damaged = 11, Full = 13, CannotOpen = 14, TooBig = 18;
    private const int Constraint = 19, Mismatch = 20, NotADatabase = 26;

    private readonly string _serviceId;
    private readonly Lock _writing = new();
    private readonly Lock _reading = new();
    private readonly SqliteDataSource _dataSource;
    private readonly SqliteCheckpointer _checkpointer;

    // Opened at the first use, and again if that failed.
    private (SqliteConnection Connection, SqliteStatements Statements)? _writer;
    private (SqliteConnection Connection, PreparedStatement ReadState)? _reader;

    public SqliteStateDatabase(SqliteDataSource dataSource, string serviceId)
    {
        _serviceId = serviceId;
        _dataSource = dataSource;
        _checkpointer = new SqliteCheckpointer(dataSource);
    }

    /// <inheritdoc/>
    public int Lanes => 1;

    /// <inheritdoc/>
    /// <remarks>It writes pages as they are, without compressing them.</remarks>
    public bool WritesEdits => false;

    /// <inheritdoc/>
    public Task<WriteOutcome[]> Write(IReadOnlyList<StateWrite> writes, CancellationToken cancellationToken)
    {
        lock (_writing)
        {
            var (connection, statements) = _writer ??= OpenWriter();
            statements.Begin.Execute();
            try
            {
                var outcomes = new WriteOutcome[writes.Count];
                for (var i = 0; i < outcomes.Length; i++)
                {
                    var version = Write(statements, writes[i]);
                    outcomes[i] = version is null && writes[i].IsFirst
                        ? new WriteOutcome(null, Read(statements.ReadStored, writes[i].Key))
                        : new WriteOutcome(version);
                    if (version is not null && writes[i].Rows?.Snapshot is { } snapshot)
                    {
                        StateSnapshotSql.Put(
                            connection, transaction: null, _serviceId, snapshot, "datetime('now')", cancellationToken)
                            .GetAwaiter().GetResult();
                    }

                    if (version is not null && writes[i].Rows?.Removal is { } removal)
                        RemovalSql.Remove(connection, transaction: null, _serviceId, removal, cancellationToken).GetAwaiter().GetResult();
                }

                statements.Commit.Execute();
                _checkpointer.Committed(connection);
                return Task.FromResult(outcomes);
            }
            catch (Exception exception)
            {
                Rollback(statements);
                if (exception is SqliteException { SqliteErrorCode: IoError or CannotOpen })
                    CloseWriter();

                throw;
            }
        }
    }

    /// <inheritdoc/>
    public FailureCause CauseOf(Exception exception) => (exception as SqliteException)?.SqliteErrorCode switch
    {
        ReadOnly or IoError or Damaged or Full or CannotOpen or NotADatabase => FailureCause.Database,
        TooBig or Constraint or Mismatch => FailureCause.Row,
        _ => FailureCause.Unknown,
    };

    /// <inheritdoc/>
    /// <remarks>
    /// The user version is a number in the first page of the file that nobody uses. Writing what it is writes the page.
    /// </remarks>
    public Task Probe(CancellationToken cancellationToken)
    {
        lock (_writing)
        {
            var (connection, statements) = _writer ??= OpenWriter();
            statements.Begin.Execute();
            try
            {
                using var command = connection.CreateCommand();
                command.CommandText = "PRAGMA user_version";
                command.CommandText = $"PRAGMA user_version = {command.ExecuteScalar()}";
                command.ExecuteNonQuery();
                statements.Commit.Execute();
            }
            catch
            {
                Rollback(statements);
                throw;
            }
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<StoredState?[]> Read(IReadOnlyList<StateRead> reads, CancellationToken cancellationToken)
    {
        lock (_reading)
        {
            var rows = new StoredState?[reads.Count];
            var (_, readState) = _reader ??= OpenReader();
            for (var i = 0; i < rows.Length; i++)
                rows[i] = Read(readState, reads[i].Key);

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
        _checkpointer.Dispose();
        lock (_writing)
            CloseWriter();

        lock (_reading)
        {
            if (_reader is { } reader)
            {
                reader.ReadState.Dispose();
                reader.Connection.Dispose();
                _reader = null;
            }
        }
    }

    private (SqliteConnection Connection, SqliteStatements Statements) OpenWriter()
    {
        var connection = _dataSource.OpenWriter();
        try
        {
            SqliteCheckpointer.TakesOver(connection);
            return (connection, new SqliteStatements(connection));
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private (SqliteConnection Connection, PreparedStatement ReadState) OpenReader()
    {
        var connection = _dataSource.OpenConnection();
        try
        {
            return (connection, SqliteStatements.ReadState(connection));
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void CloseWriter()
    {
        if (_writer is not { } writer)
            return;

        _writer = null;
        writer.Statements.Dispose();
        writer.Connection.Dispose();
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

    private StoredState? Read(PreparedStatement statement, in RowKey key) => statement.ReadFirst(
        static row => new StoredState(
            row.Bytes(0), (int?)row.Number(1), row.Number(2) is { } seq && row.Number(3) is { } last ? new Heard(seq, last) : null),
        key.GrainIdHash, key.GrainTypeHash, key.GrainIdN0, key.GrainIdN1, key.GrainTypeString, key.GrainIdExtensionString, _serviceId);

    private int? Write(SqliteStatements statements, StateWrite write)
    {
        var key = write.Key;
        ReadOnlySpan<SqliteValue> identity =
        [
            key.GrainIdHash, key.GrainTypeHash, key.GrainIdN0, key.GrainIdN1, key.GrainTypeString, key.GrainIdExtensionString, _serviceId,
        ];
        if (write is { KeepsState: true, Rows: { } heard })
        {
            if (statements.Hear.Execute([.. identity, heard.Receipts[0].Seq - 1, heard.Workflow.Seq, heard.Workflow.LastReceivedAt]) == 0)
                return null;

            AddReceipts(statements, heard, changes: null);
            return write.ETag;
        }

        ReadOnlySpan<SqliteValue> state = [.. identity, write.Payload, write.ETag];
        if (write is { Rows: { } rows, Columns: { } columns })
        {
            if (!WriteListed(statements, state, write.ETag is null, rows, columns))
                return null;

            AddReceipts(statements, rows, columns.Changes);
        }
        else if ((write.ETag is null ? statements.InsertState : statements.UpdateState).Execute(state) == 0)
        {
            return null;
        }

        return (write.ETag ?? 0) + 1;
    }

    /// <summary>Writes a state with its row in the list. Most are there already and stay where they are.</summary>
    private static bool WriteListed(
        SqliteStatements statements, ReadOnlySpan<SqliteValue> state, bool isNew, CommitRows rows, ComputedColumns columns)
    {
        var workflow = rows.Workflow;
        ReadOnlySpan<SqliteValue> values =
        [
            .. state,
            workflow.Status, columns.NodeTypes, workflow.Version, workflow.Seq, workflow.LastReceivedAt, workflow.ChangedAt,
            workflow.Name, columns.NameLower, workflow.StatusNormalised, (int?)workflow.Phase, (int?)workflow.Outcome, workflow.Attention,
            workflow.FirstReceivedAt, Standing.Of(workflow),
            workflow.WorkflowId,
        ];
        if (isNew)
            return statements.InsertState.Execute(values) > 0;

        return (rows.MovesInOrders ? statements.UpdateAndMove.Execute(values[..23]) : statements.UpdateInPlace.Execute(values[..15])) > 0
            || statements.UpdateAndList.Execute(values) > 0;
    }

    private static void AddReceipts(SqliteStatements statements, CommitRows rows, byte[]?[]? changes)
    {
        for (var i = 0; i < rows.Receipts.Length; i++)
        {
            var receipt = rows.Receipts[i];
            statements.AddReceipt.Execute(
                receipt.Id.ToByteArray(bigEndian: true), rows.Workflow.WorkflowId, receipt.Seq, receipt.ReceivedAt, receipt.Source,
                (int)receipt.Effect, receipt.Version, receipt.Vocabulary, receipt.Body, SqliteValue.Utf8(changes?[i]), (int)receipt.Kind);
        }
    }
}

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
    private (SqliteConnection Connection, SqliteCommand ReadState)? _reader;

    public SqliteStateDatabase(SqliteDataSource dataSource, string serviceId)
    {
        _serviceId = serviceId;
        _dataSource = dataSource;
        _checkpointer = new SqliteCheckpointer(dataSource, _writing);
    }

    /// <inheritdoc/>
    public int Lanes => 1;

    /// <inheritdoc/>
    /// <remarks>It writes pages as they are, without compressing them.</remarks>
    public bool WritesEdits => false;

    /// <inheritdoc/>
    public Task<WriteOutcome[]> Write(IReadOnlyList<StateWrite> writes, CancellationToken cancellationToken) =>
        Task.FromResult(InTransaction((statements, transaction) =>
        {
            var outcomes = new WriteOutcome[writes.Count];
            for (var i = 0; i < outcomes.Length; i++)
            {
                var write = writes[i];
                var version = Write(statements, write);
                outcomes[i] = version is null && write.IsFirst
                    ? new WriteOutcome(null, Read(statements.ReadStored, write.Key))
                    : new WriteOutcome(version);
                if (version is not null && write.Rows is { } rows)
                    WriteOtherStates(transaction, rows, cancellationToken);
            }

            return outcomes;
        }));

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
    public Task Probe(CancellationToken cancellationToken) => Task.FromResult(InTransaction(static (_, transaction) =>
    {
        using var command = transaction.Connection!.CreateCommand();
        command.CommandText = "PRAGMA user_version";
        command.CommandText = $"PRAGMA user_version = {command.ExecuteScalar()}";
        return command.ExecuteNonQuery();
    }));

    /// <inheritdoc/>
    public Task<StoredState?[]> Read(IReadOnlyList<StateRead> reads, CancellationToken cancellationToken)
    {
        lock (_reading)
        {
            var rows = new StoredState?[reads.Count];
            var (_, readState) = _reader ??= Open(SqliteStatements.ReadState);
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
            _reader?.Connection.Dispose();
            _reader = null;
        }
    }

    /// <summary>Runs work in a transaction of its own, which is on the disk when this returns.</summary>
    private T InTransaction<T>(Func<SqliteStatements, SqliteTransaction, T> work)
    {
        lock (_writing)
        {
            var (connection, statements) = _writer ??= Open(static connection => new SqliteStatements(connection));
            SqliteTransaction? transaction = null;
            try
            {
                transaction = connection.BeginTransaction(deferred: false);
                foreach (var command in statements.All)
                    command.Transaction = transaction;

                var result = work(statements, transaction);
                transaction.Commit();
                return result;
            }
            catch (Exception exception)
            {
                var isBroken = exception is SqliteException { SqliteErrorCode: IoError or CannotOpen };
                if (!TryRollBack(transaction) || isBroken)
                    CloseWriter();

                throw;
            }
        }
    }

    private (SqliteConnection Connection, T Prepared) Open<T>(Func<SqliteConnection, T> prepare)
    {
        var connection = _dataSource.OpenUnpooled();
        try
        {
            return (connection, prepare(connection));
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void CloseWriter()
    {
        var writer = _writer;
        _writer = null;
        writer?.Connection.Dispose();
    }

    private static bool TryRollBack(SqliteTransaction? transaction)
    {
        try
        {
            transaction?.Dispose();
            return true;
        }
        catch (SqliteException)
        {
            // The first error is the one to report: it says whether the outcome is known.
            return false;
        }
    }

    private StoredState? Read(SqliteCommand readState, in RowKey key)
    {
        using var row = readState.With(IdentityOf(key)).ExecuteReader();
        return row.Read()
            ? new StoredState(
                row.IsDBNull(0) ? null : row.GetFieldValue<byte[]>(0),
                row.IsDBNull(1) ? null : row.GetInt32(1),
                row.IsDBNull(2) || row.IsDBNull(3) ? null : new Heard(row.GetInt64(2), row.GetInt64(3)))
            : null;
    }

    private object?[] IdentityOf(in RowKey key) =>
    [
        key.GrainIdHash, key.GrainTypeHash, key.GrainIdN0, key.GrainIdN1, key.GrainTypeString,
        key.GrainIdExtensionString, _serviceId,
    ];

    private int? Write(SqliteStatements statements, StateWrite write)
    {
        var identity = IdentityOf(write.Key);
        if (write is { KeepsState: true, Rows: { } heard })
        {
            var workflow = heard.Workflow;
            object?[] seen = [.. identity, heard.Receipts[0].Seq - 1, workflow.Seq, workflow.LastReceivedAt];
            if (statements.Hear.With(seen).ExecuteNonQuery() == 0)
                return null;

            AddReceipts(statements, heard, changes: null);
            return write.ETag;
        }

        // The version that is expected, unless the row is inserted.
        object?[] state = write.ETag is { } version
            ? [.. identity, write.Payload, version]
            : [.. identity, write.Payload];
        if (write is { Rows: { } rows, Columns: { } columns })
        {
            if (!WriteListed(statements, state, write.ETag is null, rows, columns))
                return null;

            AddReceipts(statements, rows, columns.Changes);
        }
        else
        {
            var command = write.ETag is null ? statements.InsertState : statements.UpdateState;
            if (command.With(state).ExecuteNonQuery() == 0)
                return null;
        }

        return (write.ETag ?? 0) + 1;
    }

    /// <summary>Writes a state with its row in the list. Most are in the list already and keep their place.</summary>
    private static bool WriteListed(
        SqliteStatements statements, object?[] state, bool isNew, CommitRows rows, ComputedColumns columns)
    {
        var workflow = rows.Workflow;
        object?[] values =
        [
            .. state,
            workflow.Status, columns.NodeTypes, workflow.Version, workflow.Seq, workflow.LastReceivedAt, workflow.ChangedAt,
            workflow.Name, columns.NameLower, workflow.StatusNormalised, (int?)workflow.Phase, (int?)workflow.Outcome,
            workflow.Attention, workflow.FirstReceivedAt, Standing.Of(workflow), workflow.WorkflowId,
        ];
        if (isNew)
            return statements.InsertState.With(values).ExecuteNonQuery() > 0;

        var update = rows.MovesInOrders ? statements.UpdateAndMove : statements.UpdateInPlace;
        return update.With(values).ExecuteNonQuery() > 0 || statements.UpdateAndList.With(values).ExecuteNonQuery() > 0;
    }

    private static void AddReceipts(SqliteStatements statements, CommitRows rows, byte[]?[]? changes)
    {
        for (var i = 0; i < rows.Receipts.Length; i++)
        {
            var receipt = rows.Receipts[i];
            statements.AddReceipt.With(
                receipt.Id.ToByteArray(bigEndian: true), rows.Workflow.WorkflowId, receipt.Seq, receipt.ReceivedAt, receipt.Source,
                (int)receipt.Effect, receipt.Version, receipt.Vocabulary, receipt.Body, (int)receipt.Kind, changes?[i])
                .ExecuteNonQuery();
        }
    }

    /// <summary>Writes a large state's snapshot, and removes what a deleted workflow takes with it.</summary>
    private void WriteOtherStates(SqliteTransaction transaction, CommitRows rows, CancellationToken cancellationToken)
    {
        // SQLite's calls are done when they return.
        var connection = transaction.Connection!;
        if (rows.Snapshot is { } snapshot)
        {
            StateSnapshotSql.Put(connection, transaction, _serviceId, snapshot, "datetime('now')", cancellationToken)
                .GetAwaiter().GetResult();
        }

        if (rows.Removal is { } removal)
            RemovalSql.Remove(connection, transaction, _serviceId, removal, cancellationToken).GetAwaiter().GetResult();
    }
}

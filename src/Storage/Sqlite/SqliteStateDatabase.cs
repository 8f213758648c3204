using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Commit;
using Orleans.Workflow.Storage.Retention;

namespace Orleans.Workflow.Storage.Sqlite;

/// <summary>
/// State rows in SQLite: one connection that writes, one transaction a batch, and one that reads beside it. SQLite's
/// calls block, and so do these.
/// </summary>
internal sealed class SqliteStateDatabase : IStateDatabase, IDisposable
{
    // SQLite's primary result codes.
    private const int ReadOnly = 8,
        IoError = 10,
        Damaged = 11,
        Full = 13,
        CannotOpen = 14,
        TooBig = 18;
    private const int Constraint = 19,
        Mismatch = 20,
        NotADatabase = 26;

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
    public int CommitConcurrency => 1;

    /// <inheritdoc/>
    public Task<CommitResult[]> Write(IReadOnlyList<StateWrite> writes, CancellationToken cancellationToken) =>
        Task.FromResult(
            InTransaction(
                (statements, transaction) =>
                {
                    var results = new CommitResult[writes.Count];
                    for (var i = 0; i < results.Length; i++)
                    {
                        results[i] = Write(statements, writes[i]);
                        if (results[i] is CommitResult.Committed)
                            WriteOtherStates(transaction, writes[i].Commit, cancellationToken);
                    }

                    return results;
                }
            )
        );

    /// <inheritdoc/>
    public Task<CommittedFacts[]> WriteFacts(IReadOnlyList<FactWrite> writes, CancellationToken cancellationToken) =>
        Task.FromResult(
            InTransaction(
                (statements, _) =>
                    writes.Select(write => SqliteFacts.Add(statements, write.Commit, write.Rows)).ToArray()
            )
        );

    /// <inheritdoc/>
    public FailureCause CauseOf(Exception exception) =>
        (exception as SqliteException)?.SqliteErrorCode switch
        {
            ReadOnly or IoError or Damaged or Full or CannotOpen or NotADatabase => FailureCause.Database,
            TooBig or Constraint or Mismatch => FailureCause.Row,
            _ => FailureCause.Unknown,
        };

    /// <inheritdoc/>
    /// <remarks>
    /// The user version is a number in the first page of the file that nobody uses. Writing what it is writes the page.
    /// </remarks>
    public Task Probe(CancellationToken cancellationToken) =>
        Task.FromResult(
            InTransaction(
                static (_, transaction) =>
                {
                    using var command = transaction.Connection!.CreateCommand();
                    command.CommandText = "PRAGMA user_version";
                    command.CommandText = $"PRAGMA user_version = {command.ExecuteScalar()}";
                    return command.ExecuteNonQuery();
                }
            )
        );

    /// <inheritdoc/>
    public Task<StoredRow?[]> Read(IReadOnlyList<StateRead> reads, CancellationToken cancellationToken)
    {
        lock (_reading)
        {
            var rows = new StoredRow?[reads.Count];
            var (_, readState) = _reader ??= Open(SqliteStatements.ReadState);
            for (var i = 0; i < rows.Length; i++)
                rows[i] = Read(readState, reads[i].Key);

            return Task.FromResult(rows);
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// A constraint or a value that SQLite refuses ends before COMMIT; an error of the disk may come from COMMIT
    /// itself.
    /// </remarks>
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

    private StoredRow? Read(SqliteCommand readState, in RowKey key)
    {
        using var row = readState.With(key.GrainKey, key.Type, _serviceId).ExecuteReader();
        return row.Read()
            ? new StoredRow(
                row.GetInt32(1),
                row.IsDBNull(0) ? null : row.GetFieldValue<byte[]>(0),
                row.IsDBNull(2) ? null : row.GetInt64(2),
                row.IsDBNull(3) ? null : row.GetInt64(3)
            )
            : null;
    }

    private CommitResult Write(SqliteStatements statements, StateWrite write)
    {
        var commit = write.Commit;
        // A row that is missing does not start the workflow again: receipts were removed, so there was one.
        if (
            FindVersion(statements, write.Key) != commit.Version
            || (commit.Version is null && HasBaseline(statements, commit))
        )
        {
            return new CommitResult.NotNext();
        }

        var known = commit.Receipts.SelectMany(receipt => FindKnown(statements, receipt.Id)).ToImmutableArray();
        if (known.Length > 0)
            return new CommitResult.Known(known);

        var version = (commit.Version ?? 0) + 1;
        var (listed, columns) = (write.Listed, write.Columns);
        statements
            .Write.With(
                write.Key.GrainKey,
                write.Key.Type,
                _serviceId,
                write.Key.Hash,
                write.Key.TypeHash,
                version,
                commit.State,
                commit.Workflow.Seq,
                commit.Workflow.LastReceivedAt,
                columns.StateCode,
                listed?.Attention,
                columns.Word,
                listed?.FirstReceivedAt,
                listed?.ChangedAt,
                listed?.Version,
                listed?.Name,
                columns.NameLower,
                listed?.Status,
                listed?.StatusNormalised,
                columns.NodeTypes
            )
            .ExecuteNonQuery();
        AddReceipts(statements, commit, columns.Changes);
        return new CommitResult.Committed(version);
    }

    private int? FindVersion(SqliteStatements statements, in RowKey key)
    {
        using var row = statements.FindVersion.With(key.GrainKey, key.Type, _serviceId).ExecuteReader();
        return row.Read() ? row.GetInt32(0) : null;
    }

    private static bool HasBaseline(SqliteStatements statements, WorkflowCommit commit)
    {
        using var row = statements.FindBaseline.With(commit.Workflow.WorkflowId, commit.SeqBefore).ExecuteReader();
        return row.Read();
    }

    /// <summary>The first answer to a receipt that is stored.</summary>
    private static ImmutableArray<Acknowledgement> FindKnown(SqliteStatements statements, Guid receiptId)
    {
        using var row = statements.FindReceipt.With(receiptId.ToByteArray(bigEndian: true)).ExecuteReader();
        return row.Read() ? [new Acknowledgement(receiptId, (ReceiptEffect)row.GetInt32(0), row.GetInt64(1))] : [];
    }

    private static void AddReceipts(SqliteStatements statements, WorkflowCommit commit, byte[]?[] changes)
    {
        for (var i = 0; i < commit.Receipts.Length; i++)
        {
            var receipt = commit.Receipts[i];
            statements
                .AddReceipt.With(
                    receipt.Id.ToByteArray(bigEndian: true),
                    commit.Workflow.WorkflowId,
                    receipt.Seq,
                    receipt.ReceivedAt,
                    receipt.Source,
                    (int)receipt.Effect,
                    receipt.Version,
                    receipt.Vocabulary,
                    receipt.Body,
                    (int)receipt.Kind,
                    changes[i]
                )
                .ExecuteNonQuery();
        }
    }

    /// <summary>Writes a large state's snapshot, and removes what a deleted workflow takes with it.</summary>
    private void WriteOtherStates(
        SqliteTransaction transaction,
        WorkflowCommit commit,
        CancellationToken cancellationToken
    )
    {
        // SQLite's calls are done when they return.
        var connection = transaction.Connection!;
        if (commit.Snapshot is { } snapshot)
        {
            StateSnapshotSql
                .Put(connection, transaction, _serviceId, snapshot, "datetime('now')", cancellationToken)
                .GetAwaiter()
                .GetResult();
        }

        if (commit.Removal is { } removal)
            RemovalSql.Remove(connection, transaction, _serviceId, removal, cancellationToken).GetAwaiter().GetResult();
    }
}

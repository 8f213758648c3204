using System.Runtime.InteropServices;
using Npgsql;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Commit;
using Orleans.Workflow.Storage.Retention;

namespace Orleans.Workflow.Storage.Postgres;

/// <summary>
/// A connection that does nothing but commit, with its prepared statements. Batch after batch goes to one server
/// process, which has all it needs at hand; from the pool they would take turns over several.
/// </summary>
internal sealed class CommitSession : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly Statement _quick,
        _careful;
    private readonly FactStatement _facts;
    private readonly StandbyConfirmation _confirmation;
    private readonly string _serviceId;
    private readonly DatabaseEpoch _epoch;
    private readonly bool _isPrepared;
    private readonly TimeProvider _time;
    private long _usedAt;

    private CommitSession(
        NpgsqlConnection connection,
        string serviceId,
        DatabaseEpoch epoch,
        bool isPrepared,
        TimeProvider time
    )
    {
        _connection = connection;
        _serviceId = serviceId;
        _epoch = epoch;
        _isPrepared = isPrepared;
        _time = time;
        _usedAt = time.GetTimestamp();
        _confirmation = new StandbyConfirmation(connection);
        _quick = new Statement(CommitStatement.Quick, connection, serviceId);
        _careful = new Statement(CommitStatement.Careful, connection, serviceId);
        _facts = new FactStatement(connection);
    }

    /// <summary>Of the database that it is connected to.</summary>
    public int Epoch { get; private init; }

    /// <summary>Opens a connection.</summary>
    /// <param name="connections">Where.</param>
    /// <param name="serviceId">The Orleans service whose rows are written.</param>
    /// <param name="epoch">Takes the history of the database.</param>
    /// <param name="isPrepared">Whether the statement is prepared.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<CommitSession> Open(
        PostgresConnections connections,
        string serviceId,
        DatabaseEpoch epoch,
        bool isPrepared,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var connection = await connections.Open(cancellationToken);
        try
        {
            var number = await epoch.Read(connection, cancellationToken);
            return new CommitSession(connection, serviceId, epoch, isPrepared, time) { Epoch = number };
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Whether the connection can be used. One that was idle is asked first: a batch that is sent into a network that
    /// has dropped it would wait for its time-out, and its outcome would be unknown.
    /// </summary>
    /// <returns>If false, the session is to be disposed of.</returns>
    public async ValueTask<bool> IsUsable(PostgresConnections connections) =>
        _time.GetElapsedTime(_usedAt) < PostgresConnections.Idle || await connections.Answers(_connection);

    /// <summary>
    /// Commits a batch; blocks for it, on the thread of its worker, unless a workflow is deleted or a snapshot written.
    /// After an exception the session must be disposed of.
    /// </summary>
    /// <returns>What became of each, in the order given.</returns>
    public async Task<CommitResult[]> Commit(IReadOnlyList<StateWrite> writes, CancellationToken cancellationToken)
    {
        // A pooler may give each transaction another server.
        if (_isPrepared && writes.All(static write => write.Commit is { Removal: null, Snapshot: null }))
        {
            try
            {
                await _quick.Prepare(cancellationToken);
                var committed = Execute(_quick, writes);
                _usedAt = _time.GetTimestamp();
                return committed;
            }
            catch (PostgresException exception) when (CommitStatement.Refused(exception))
            {
                // Nothing was written. The careful statement answers why.
            }
        }

        // A deleted workflow and a snapshot take statements of their own; only a batch with one of them pays for that.
        if (_isPrepared)
            await _careful.Prepare(cancellationToken);

        await using var transaction = await _connection.BeginTransactionAsync(cancellationToken);
        if (!_isPrepared && await _epoch.Read(_connection, cancellationToken) != Epoch)
            throw new OtherDatabaseException();

        var results = Execute(_careful, writes);
        for (var i = 0; i < writes.Count; i++)
        {
            if (results[i] is not CommitResult.Committed)
                continue;

            if (writes[i].Commit.Snapshot is { } snapshot)
            {
                await StateSnapshotSql.Put(
                    _connection,
                    transaction,
                    _serviceId,
                    snapshot,
                    "now() AT TIME ZONE 'utc'",
                    cancellationToken
                );
            }

            if (writes[i].Commit.Removal is { } removal)
                await RemovalSql.Remove(_connection, transaction, _serviceId, removal, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        _confirmation.ThrowIfMissing();
        _usedAt = _time.GetTimestamp();
        return results;
    }

    /// <summary>
    /// Commits facts; blocks for it, on the thread of its worker. After an exception the session must be disposed of.
    /// </summary>
    /// <returns>What became of each, in the order given.</returns>
    public async Task<CommittedFacts[]> Commit(IReadOnlyList<FactWrite> writes, CancellationToken cancellationToken)
    {
        if (_isPrepared)
            await _facts.Prepare(cancellationToken);

        var results = _facts.Execute(writes);
        _confirmation.ThrowIfMissing();
        _usedAt = _time.GetTimestamp();
        return results;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _facts.DisposeAsync();
        await _quick.DisposeAsync();
        await _careful.DisposeAsync();
        try
        {
            await _connection.DisposeAsync();
        }
        catch (NpgsqlException)
        {
            // It is gone, as after a check that was not answered. The batch goes to another one all the same.
        }
    }

    private CommitResult[] Execute(Statement statement, IReadOnlyList<StateWrite> writes)
    {
        var results = new CommitResult[writes.Count];
        Array.Fill(results, new CommitResult.NotNext());
        var known = new Dictionary<int, List<Acknowledgement>>();
        using var reader = statement.Execute(writes);
        while (reader.Read())
        {
            var place = (int)reader.GetInt64(0) - 1;
            if (!reader.IsDBNull(1))
            {
                results[place] = new CommitResult.Committed(reader.GetInt32(1));
                continue;
            }

            (CollectionsMarshal.GetValueRefOrAddDefault(known, place, out _) ??= []).Add(
                new Acknowledgement(reader.GetGuid(2), (ReceiptEffect)reader.GetInt16(3), reader.GetInt64(4))
            );
        }

        // Only the end of the answer says that the commit went through.
        reader.NextResult();
        _confirmation.ThrowIfMissing();

        foreach (var (place, receipts) in known)
            results[place] = new CommitResult.Known([.. receipts]);

        return results;
    }

    /// <summary>One of the statements, with its parameters.</summary>
    private sealed class Statement : IAsyncDisposable
    {
        private readonly NpgsqlCommand _command;
        private readonly CommitParameters _parameters;

        public Statement(string text, NpgsqlConnection connection, string serviceId)
        {
            _command = new NpgsqlCommand(text, connection);
            _parameters = new CommitParameters(_command.Parameters, serviceId);
        }

        public async ValueTask Prepare(CancellationToken cancellationToken)
        {
            if (!_command.IsPrepared)
                await _command.PrepareAsync(cancellationToken);
        }

        public NpgsqlDataReader Execute(IReadOnlyList<StateWrite> writes)
        {
            _parameters.Set(writes);
            return _command.ExecuteReader();
        }

        public ValueTask DisposeAsync() => _command.DisposeAsync();
    }
}

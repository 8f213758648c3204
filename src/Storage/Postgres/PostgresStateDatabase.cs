using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Commit;

namespace Orleans.Workflow.Storage.Postgres;

/// <summary>State rows in PostgreSQL.</summary>
/// <param name="connections">The connections of the process.</param>
/// <param name="serviceId">The Orleans service whose rows these are.</param>
/// <param name="settings">How many batches it works on side by side, and whether statements are prepared.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed class PostgresStateDatabase(
    PostgresConnections connections,
    string serviceId,
    StorageSettings settings,
    TimeProvider time,
    ILogger<PostgresStateDatabase> logger
) : IStateDatabase, IAsyncDisposable
{
    private const int HistoryColumn = 6;

    private readonly DatabaseEpoch _epoch = new(logger);
    private readonly ConcurrentStack<CommitSession> _idle = new();

    private const string ProbeStatement = $"""
        WITH refused AS (UPDATE orleansstorage SET seq = seq WHERE false)
        SELECT {DatabaseEpoch.Sql}, pg_logical_emit_message(true, 'orleans-workflow', '')::text
        """;

    private static readonly string ReadStatement = $"""
        SELECT i.position, {StoredRowSql.Columns}, {StandbyConfirmation.Sql}, {DatabaseEpoch.Sql}
        FROM unnest($3) WITH ORDINALITY AS i (key, position) CROSS JOIN {StoredRowSql.ByKey("i.key")} s
        """;

    /// <inheritdoc/>
    public int CommitConcurrency => settings.CommitConcurrency;

    /// <inheritdoc/>
    public bool GrowsBatches => true;

    /// <inheritdoc/>
    public int Epoch => _epoch.Current;

    /// <inheritdoc/>
    /// <remarks>What was loaded from another database is not written.</remarks>
    public async Task<CommitResult[]> Write(IReadOnlyList<StateWrite> writes, CancellationToken cancellationToken)
    {
        var session = await TakeSession(cancellationToken);
        var current = writes.Where(IsCurrent).ToList();
        if (current.Count == 0)
            _idle.Push(session);

        var written = new Queue<CommitResult>(
            current.Count == 0 ? [] : await Commit(session, () => session.Commit(current, cancellationToken))
        );
        return
        [
            .. writes.Select(write =>
                IsCurrent(write) ? written.Dequeue() : new CommitResult.RolledBack(new OtherDatabaseException())
            ),
        ];

        bool IsCurrent(StateWrite write) => (write.Commit.Epoch ?? session.Epoch) == session.Epoch;
    }

    /// <inheritdoc/>
    /// <remarks>What is stored decides: nothing here depends on what was loaded from another database.</remarks>
    public async Task<CommittedFacts[]> WriteFacts(IReadOnlyList<FactWrite> writes, CancellationToken cancellationToken)
    {
        var session = await TakeSession(cancellationToken);
        return await Commit(session, () => session.Commit(writes, cancellationToken));
    }

    private async Task<T> Commit<T>(CommitSession session, Func<Task<T>> commit)
    {
        try
        {
            var outcomes = await commit();
            _idle.Push(session);
            return outcomes;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// A commit whose client gave up may be seen here before a synchronous standby has it, and be lost with the
    /// primary. So the read is a commit of its own behind it, which waits for the standby.
    /// </remarks>
    public async Task<StoredRow?[]> Read(IReadOnlyList<StateRead> reads, CancellationToken cancellationToken)
    {
        await using var connection = await connections.Open(cancellationToken);
        var confirmation = new StandbyConfirmation(connection);
        await using var command = new NpgsqlCommand(ReadStatement, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = serviceId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = StateNames.Workflow });
        command.Parameters.Add(
            new NpgsqlParameter<string[]> { TypedValue = [.. reads.Select(static read => read.Key.GrainKey)] }
        );
        var rows = new StoredRow?[reads.Count];
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows[reader.GetInt64(0) - 1] = StoredRowSql.Read(reader, 1);
            _epoch.Of(reader.GetString(HistoryColumn));
        }

        await confirmation.ReadEnd(reader, cancellationToken);
        return rows;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// An ERROR ends the statement and with it the transaction, and a text that is not UTF-16 ends it before it is
    /// sent. After a FATAL, or without an answer, the commit may have gone through.
    /// </remarks>
    public bool ProvesRollback(Exception exception) =>
        exception is PostgresException { InvariantSeverity: "ERROR" } or EncoderFallbackException;

    /// <inheritdoc/>
    public FailureCause CauseOf(Exception exception) =>
        exception switch
        {
            DatabaseUnreachableException => FailureCause.Database,
            EncoderFallbackException => FailureCause.Row,
            PostgresException { SqlState: ['2', '1' or '2' or '3', ..] or ['5', '4', ..] or ['P', '0', ..] } =>
                FailureCause.Row,
            PostgresException
            {
                SqlState: ['2', '5' or '8', ..] or ['3', 'D' or 'F', ..] or ['4', '2', ..] or ['5', '3' or '8', ..]
            } => FailureCause.Database,
            _ => FailureCause.Unknown,
        };

    /// <inheritdoc/>
    /// <remarks>
    /// The update finds no row, but is refused where writes are. The message goes into the write-ahead log and nowhere
    /// else, and makes the transaction one whose commit is flushed, and waits for synchronous standbys, like any other.
    /// </remarks>
    public async Task Probe(CancellationToken cancellationToken)
    {
        await using var connection = await connections.Open(cancellationToken);
        var confirmation = new StandbyConfirmation(connection);
        await using var command = new NpgsqlCommand(ProbeStatement, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (await reader.ReadAsync(cancellationToken))
            _epoch.Of(reader.GetString(0));

        await confirmation.ReadEnd(reader, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        while (_idle.TryPop(out var session))
            await session.DisposeAsync();
    }

    private async ValueTask<CommitSession> TakeSession(CancellationToken cancellationToken)
    {
        while (_idle.TryPop(out var session))
        {
            if (session.Epoch == _epoch.Current && await session.IsUsable(connections))
                return session;

            await session.DisposeAsync();
        }

        return await CommitSession.Open(
            connections,
            serviceId,
            _epoch,
            isPrepared: !settings.PoolsTransactions,
            time,
            cancellationToken
        );
    }
}

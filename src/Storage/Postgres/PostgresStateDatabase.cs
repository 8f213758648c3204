using System.Collections.Concurrent;
using System.Text;
using Npgsql;
using Orleans.Workflow.Storage.GroupCommit;

namespace Orleans.Workflow.Storage.Postgres;

/// <summary>State rows in PostgreSQL.</summary>
/// <param name="dataSource">The data source of the process.</param>
/// <param name="serviceId">The Orleans service whose rows these are.</param>
/// <param name="lanes">How many batches it works on side by side.</param>
internal sealed class PostgresStateDatabase(NpgsqlDataSource dataSource, string serviceId, int lanes) : IStateDatabase, IAsyncDisposable
{
    private readonly ConcurrentStack<CommitSession> _idle = new();

    private const string PlaceConstraint = "receipt_workflow_id_seq_key";

    private const string ReadStatement =
        """
        SELECT i.position, o.payload, o.version, w.seq, w.last_received_at
        FROM unnest($2) WITH ORDINALITY
          AS i (grainidhash, grainidn0, grainidn1, graintypehash, graintypestring, grainidextensionstring, etag, payload, edits, position)
        CROSS JOIN LATERAL (
          SELECT orleansstorage_payload(s) AS payload, version
          FROM orleansstorage s
          WHERE s.grainidhash = i.grainidhash AND s.graintypehash = i.graintypehash
            AND s.grainidn0 = i.grainidn0 AND s.grainidn1 = i.grainidn1 AND s.graintypestring = i.graintypestring
            AND s.grainidextensionstring IS NOT DISTINCT FROM i.grainidextensionstring AND s.serviceid = $1
          LIMIT 1
        ) o
        LEFT JOIN workflow w ON w.workflow_id = CASE WHEN i.grainidextensionstring LIKE 'wf/%' THEN substr(i.grainidextensionstring, 4) END
        """;

    /// <inheritdoc/>
    public int Lanes => lanes;

    /// <inheritdoc/>
    public bool WritesEdits => true;

    /// <inheritdoc/>
    public async Task<int?[]> Write(IReadOnlyList<StateWrite> writes, CancellationToken cancellationToken)
    {
        if (!_idle.TryPop(out var session))
            session = await CommitSession.Open(dataSource, serviceId, cancellationToken);

        try
        {
            var versions = await session.Commit(writes, cancellationToken);
            _idle.Push(session);
            return versions;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.NoDataFound && writes.Count == 1)
        {
            // Raised by orleansstorage_row_vanished. No row is another version than was read, as on SQLite and in the provider.
            await session.DisposeAsync();
            return [null];
        }
        catch (PostgresException exception) when (exception.ConstraintName == PlaceConstraint && writes.Count == 1)
        {
            // Another activation has added a receipt that left the state's version as it was.
            await session.DisposeAsync();
            return [null];
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<StoredState?[]> Read(IReadOnlyList<StateRead> reads, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(ReadStatement);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = serviceId });
        command.Parameters.Add(CommitParameters.KeysOf(reads));
        var rows = new StoredState?[reads.Count];
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows[reader.GetInt64(0) - 1] = new StoredState(
                reader.IsDBNull(1) ? null : reader.GetFieldValue<byte[]>(1),
                reader.IsDBNull(2) ? null : reader.GetInt32(2),
                reader.IsDBNull(3) ? null : new Heard(reader.GetInt64(3), reader.GetInt64(4)));
        }

        return rows;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// An ERROR ends the statement and with it the transaction, and a text that is not UTF-16 ends it before it is sent. After a
    /// FATAL, or without an answer, the commit may have gone through.
    /// </remarks>
    public bool ProvesRollback(Exception exception) =>
        exception is PostgresException { InvariantSeverity: "ERROR" } or EncoderFallbackException;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        while (_idle.TryPop(out var session))
            await session.DisposeAsync();
    }
}

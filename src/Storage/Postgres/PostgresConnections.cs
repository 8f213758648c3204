using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Health;

namespace Orleans.Workflow.Storage.Postgres;

/// <summary>
/// The connections of a process to PostgreSQL, from one pool. A connection that was idle is checked before it is used:
/// a network may have dropped it without a word. While none can be opened, the whole process makes one attempt a
/// second.
/// </summary>
internal sealed class PostgresConnections : DbDataSource
{
    private const int MaxKnown = 1000;

    /// <summary>How long a connection may be idle until it is checked before it is used.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromSeconds(1);
    private static readonly CancellationToken Cancelled = new(canceled: true);

    private readonly NpgsqlDataSource _pool;
    private readonly TimeProvider _time;
    private readonly ILogger<PostgresConnections> _logger;
    private readonly Outage _outage;
    private readonly ConcurrentDictionary<int, long> _usedAt = new();
    private long _nextAttemptAt;

    /// <summary>Makes the pool; opens nothing.</summary>
    public PostgresConnections(StorageSettings settings, TimeProvider time, ILogger<PostgresConnections> logger)
    {
        (_time, _logger) = (time, logger);
        _outage = new Outage("Connections to the database", time, logger);

        // Not whenever the pool gives a connection: one that was open already proves nothing about new ones.
        _pool = PostgresDataSource.Create(settings, onOpened: _outage.Ended);
    }

    /// <inheritdoc/>
    public override string ConnectionString => _pool.ConnectionString;

    /// <summary>Opens a connection that answers.</summary>
    /// <exception cref="NpgsqlException">None can be opened, or the last attempt failed less than a second
    /// ago.</exception>
    public async ValueTask<NpgsqlConnection> Open(CancellationToken cancellationToken)
    {
        while (true)
        {
            var connection = await Take(cancellationToken);
            var now = _time.GetTimestamp();

            // One that is not known was opened just now.
            var isIdle =
                _usedAt.TryGetValue(connection.ProcessID, out var usedAt) && _time.GetElapsedTime(usedAt, now) >= Idle;
            if (!isIdle || await Answers(connection))
            {
                Note(connection, now);
                return connection;
            }
        }
    }

    /// <summary>
    /// Whether a connection that was idle still answers. If not, it and the idle ones of the pool are disposed of.
    /// </summary>
    public async ValueTask<bool> Answers(NpgsqlConnection connection)
    {
        var check = Check(connection);
        try
        {
            await check.WaitAsync(CheckTimeout, _time);
            return true;
        }
        catch (Exception exception)
            when (exception is TimeoutException or NpgsqlException or InvalidOperationException or IOException)
        {
            Log.ConnectionSilent(_logger, FailureReason.Of(exception));
            _pool.Clear();
            _ = DisposeAfter(check, connection);
            return false;
        }
    }

    /// <summary>Closes the connections of the pool that are idle.</summary>
    public void Clear() => _pool.Clear();

    /// <inheritdoc/>
    protected override DbConnection CreateDbConnection() => _pool.CreateConnection();

    /// <inheritdoc/>
    protected override DbConnection OpenDbConnection() =>
        Open(CancellationToken.None).AsTask().GetAwaiter().GetResult();

    /// <inheritdoc/>
    protected override async ValueTask<DbConnection> OpenDbConnectionAsync(
        CancellationToken cancellationToken = default
    ) => await Open(cancellationToken);

    private static async Task Check(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("SELECT 1", connection);
        command.CommandTimeout = (int)CheckTimeout.TotalSeconds;
        await command.ExecuteNonQueryAsync();
    }

    private static async Task DisposeAfter(Task check, NpgsqlConnection connection)
    {
        await check.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            // A check that was answered late leaves a connection that works: the pool was cleared and closes it.
            await connection.DisposeAsync();
        }
        catch (NpgsqlException)
        {
            // It is gone.
        }
    }

    private async ValueTask<NpgsqlConnection> Take(CancellationToken cancellationToken)
    {
        if (!MayAttempt())
            return await TakeIdle();

        try
        {
            return await _pool.OpenConnectionAsync(cancellationToken);
        }
        catch (Exception exception) when (IsFailedAttempt(exception))
        {
            Volatile.Write(ref _nextAttemptAt, NextAttempt(_time.GetTimestamp()));
            _outage.Failed(exception);

            // It was logged just now: what fails because of it need not say so again.
            throw new DatabaseUnreachableException(FailureReason.Of(exception), exception);
        }
    }

    /// <summary>Whether none could be opened. That all of the pool are in use is no failure of the database.</summary>
    private static bool IsFailedAttempt(Exception exception) =>
        exception is NpgsqlException or TimeoutException or IOException or System.Net.Sockets.SocketException
        && !exception.Message.Contains("pool has been exhausted", StringComparison.Ordinal);

    /// <summary>Whether a new connection may be opened: always while that works, else by one caller a second.</summary>
    private bool MayAttempt()
    {
        if (!_outage.IsOn)
            return true;

        var next = Volatile.Read(ref _nextAttemptAt);
        var now = _time.GetTimestamp();
        return now >= next && Interlocked.CompareExchange(ref _nextAttemptAt, NextAttempt(now), next) == next;
    }

    private long NextAttempt(long now) => now + (long)(BetweenAttempts.TotalSeconds * _time.TimestampFrequency);

    /// <summary>A connection that is open already: with a token that is cancelled, the pool opens none.</summary>
    private async ValueTask<NpgsqlConnection> TakeIdle()
    {
        try
        {
            return await _pool.OpenConnectionAsync(Cancelled);
        }
        catch (OperationCanceledException)
        {
            throw new DatabaseUnreachableException(_outage.Reason ?? "the last attempt failed");
        }
    }

    private void Note(NpgsqlConnection connection, long now)
    {
        _usedAt[connection.ProcessID] = now;
        if (_usedAt.Count <= MaxKnown)
            return;

        // Those of connections that were closed stay behind.
        foreach (var (processId, usedAt) in _usedAt)
        {
            if (_time.GetElapsedTime(usedAt, now) > Forgotten)
                _usedAt.TryRemove(processId, out _);
        }
    }

    /// <inheritdoc/>
    protected override async ValueTask DisposeAsyncCore()
    {
        await _pool.DisposeAsync();
        await base.DisposeAsyncCore();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _pool.Dispose();

        base.Dispose(disposing);
    }
}

/// <summary>No connection can be opened, as an attempt that failed a moment ago has shown.</summary>
/// <param name="reason">Why, without secrets.</param>
/// <param name="cause">What the attempt said; null if none was made now.</param>
internal sealed class DatabaseUnreachableException(string reason, Exception? cause = null)
    : NpgsqlException($"No connection to the database can be opened: {reason}. It is tried again every second.", cause),
        IPartOfOutage
{
    /// <inheritdoc/>
    public override string? SqlState => (InnerException as DbException)?.SqlState;

    /// <summary>Why, without secrets.</summary>
    public string Reason => reason;

    /// <inheritdoc/>
    public bool IsOutage => true;

    // Orleans logs it for each of its attempts. The cause was logged with its trace when the outage began.
    /// <inheritdoc/>
    public override string ToString() => Message;
}

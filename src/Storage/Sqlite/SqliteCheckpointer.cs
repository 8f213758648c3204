using Microsoft.Data.Sqlite;
using Orleans.Workflow.Storage.Commit;

namespace Orleans.Workflow.Storage.Sqlite;

/// <summary>
/// Moves the log into the file, on a thread and a connection of its own beside the connection that commits. If that one
/// moved it, as SQLite does by itself, all commits would wait.
/// </summary>
internal sealed class SqliteCheckpointer : IDisposable
{
    private readonly DedicatedThreadScheduler _thread = new("workflow-checkpoint");
    private readonly Lazy<SqliteConnection> _connection;
    private readonly Lock _committing;
    private readonly int _longLog;
    private readonly ITimer _timer;
    private readonly Lock _looking = new();
    private bool _isDisposed;
    private Task _look = Task.CompletedTask;

    /// <summary><c>data_version</c> at the last look. Used by the checkpointer's own thread only.</summary>
    private long _version = -1;

    /// <summary>Begins to look at the log.</summary>
    /// <param name="dataSource">Opens the connection.</param>
    /// <param name="committing">Is held while a transaction is committed.</param>
    /// <param name="longLog">
    /// The log is moved once it has this many pages: a page that changes often is moved once. A quiet log is moved
    /// however short it is.
    /// </param>
    /// <param name="interval">The time between two looks.</param>
    public SqliteCheckpointer(
        SqliteDataSource dataSource,
        Lock committing,
        int longLog = 20_000,
        TimeSpan? interval = null
    )
    {
        // An open that fails is tried again.
        _connection = new(dataSource.OpenUnpooled, LazyThreadSafetyMode.PublicationOnly);
        _committing = committing;
        _longLog = longLog;
        var every = interval ?? TimeSpan.FromSeconds(1);
        _timer = TimeProvider.System.CreateTimer(
            static self => ((SqliteCheckpointer)self!).StartLook(),
            this,
            every,
            every
        );
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        lock (_looking)
            _isDisposed = true;

        Task.WaitAny(_look);
        _thread.Dispose();
        if (_connection.IsValueCreated)
            _connection.Value.Dispose();
    }

    private void StartLook()
    {
        lock (_looking)
        {
            if (_isDisposed || !_look.IsCompleted)
                return;

            _look = Task.Factory.StartNew(Look, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _thread);
        }
    }

    private void Look()
    {
        try
        {
            var isQuiet = IsQuiet();
            var (pages, moved) = Checkpoint("NOOP");
            if (pages == moved || (!isQuiet && pages < _longLog))
                return;

            // Twice: the second time there are only the pages that came during the first. What is left then is moved
            // between two commits: SQLite writes from the start of the log again only when all of it is moved.
            Checkpoint("PASSIVE");
            Checkpoint("PASSIVE");
            lock (_committing)
                Checkpoint("PASSIVE");
        }
        catch (SqliteException)
        {
            // The log stays, with everything that was committed. The next look tries it again.
        }
    }

    /// <summary>Whether no connection has committed since the last look.</summary>
    private bool IsQuiet()
    {
        using var command = _connection.Value.CreateCommand();
        command.CommandText = "PRAGMA data_version";
        var last = _version;
        _version = (long)command.ExecuteScalar()!;
        return _version == last;
    }

    /// <summary>Moves the pages that no reader needs in the log, and waits for no reader.</summary>
    /// <returns>How many pages the log has, and how many of them are moved.</returns>
    private (long Pages, long Moved) Checkpoint(string mode)
    {
        using var command = _connection.Value.CreateCommand();
        command.CommandText = $"PRAGMA wal_checkpoint({mode})";
        using var row = command.ExecuteReader();
        row.Read();
        return (row.GetInt64(1), row.GetInt64(2));
    }
}

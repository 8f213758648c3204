using Microsoft.Data.Sqlite;
using Orleans.Workflow.Storage.GroupCommit;
using SQLitePCL;
using static Orleans.Workflow.Storage.Sqlite.SqliteNative;

namespace Orleans.Workflow.Storage.Sqlite;

/// <summary>
/// Moves what the log holds into the file, on a thread and a connection of its own while the log grows on. Done by the connection that
/// writes, as SQLite does it by itself, all commits stand still for it. What came meanwhile is moved by the writer, between two commits:
/// only when all of it is moved does the log begin anew. A log that is quiet is moved too, so that the file of an idle product is whole.
/// </summary>
internal sealed class SqliteCheckpointer : IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    /// <summary>SQLite's name for it is SQLITE_DBSTATUS_CACHE_WRITE; the library has none.</summary>
    private const int PagesWritten = 9;

    private readonly LaneThread _thread = new("workflow-checkpoint");
    private readonly Lazy<SqliteConnection> _connection;
    private readonly int _longLog;
    private readonly ITimer _quiet;
    private readonly Lock _looking = new();
    private bool _isDisposed;
    private Task? _moving;
    private Task _movingQuiet = Task.CompletedTask;
    private int _pages;

    /// <summary>What the database was at when it was last looked at, and when all of the log was moved. By the own thread only.</summary>
    private (long Seen, long Moved) _version = (-1, -1);

    /// <summary>Begins to look for quiet.</summary>
    /// <param name="dataSource">Opens the connection.</param>
    /// <param name="longLog">
    /// How many pages the log takes before it is moved. A page that is changed again and again is moved once; a longer log costs more to
    /// look things up in.
    /// </param>
    public SqliteCheckpointer(SqliteDataSource dataSource, int longLog = 40_000)
    {
        // An open that fails is tried again.
        _connection = new(dataSource.OpenConnection, LazyThreadSafetyMode.PublicationOnly);
        _longLog = longLog;
        _quiet = TimeProvider.System.CreateTimer(static self => ((SqliteCheckpointer)self!).LookForQuiet(), this, Quiet, Quiet);
    }

    /// <summary>Keeps the connection that writes from moving the log by itself.</summary>
    public static void TakesOver(SqliteConnection writer) => raw.sqlite3_wal_autocheckpoint(writer.Handle!, 0);

    /// <summary>Tells that a transaction was committed. By the thread that commits, outside a transaction.</summary>
    /// <param name="writer">The connection that committed.</param>
    public void Committed(SqliteConnection writer)
    {
        raw.sqlite3_db_status(writer.Handle!, PagesWritten, out var written, out _, 1);
        _pages += written;
        if (_moving is null && _pages >= _longLog)
        {
            _moving = Task.Factory.StartNew(Move, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _thread);
        }
        else if (_moving is { IsCompleted: true })
        {
            Checkpoint(writer);
            (_moving, _pages) = (null, 0);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _quiet.Dispose();
        lock (_looking)
            _isDisposed = true;

        Task.WaitAny(_moving ?? Task.CompletedTask);
        Task.WaitAny(_movingQuiet);
        _thread.Dispose();
        if (_connection.IsValueCreated)
            _connection.Value.Dispose();
    }

    private void LookForQuiet()
    {
        lock (_looking)
        {
            if (!_isDisposed && _movingQuiet.IsCompleted)
                _movingQuiet = Task.Factory.StartNew(MoveIfQuiet, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _thread);
        }
    }

    /// <summary>Moves the log once nobody has committed since the last look; other connections count too.</summary>
    private void MoveIfQuiet()
    {
        try
        {
            using var command = _connection.Value.CreateCommand();
            command.CommandText = "PRAGMA data_version";
            var version = (long)command.ExecuteScalar()!;
            if (version == _version.Seen && version != _version.Moved && Checkpoint(_connection.Value))
                _version.Moved = version;

            _version.Seen = version;
        }
        catch (SqliteException)
        {
            // The log stays, and with it all that was committed. The next look tries it again.
        }
    }

    private void Move()
    {
        // Twice: the second time there is only what came while the first was at work, which leaves the writer little.
        for (var i = 0; i < 2; i++)
        {
            Checkpoint(_connection.Value);
            Flush(_connection.Value);
        }
    }

    /// <summary>Moves what no reader needs in the log, and waits for nobody. If that fails, the log stays, and with it all that was committed.</summary>
    /// <returns>Whether all of it was moved.</returns>
    private static bool Checkpoint(SqliteConnection connection) =>
        raw.sqlite3_wal_checkpoint_v2(connection.Handle!, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out var pages, out var moved) == raw.SQLITE_OK
        && pages == moved;

    /// <summary>
    /// Flushes the file. SQLite does so only once all of the log is moved, so all would be left to whoever moves the last page: the writer.
    /// If it fails, that one will be told.
    /// </summary>
    private static unsafe void Flush(SqliteConnection connection)
    {
        OpenFile* file;
        if (ControlFile(connection.Handle!.DangerousGetHandle(), "main", FileControlFilePointer, &file) == Ok && file->Methods is not null)
            _ = file->Methods->Sync(file, SyncNormal);
    }
}

using Microsoft.Data.Sqlite;
using Orleans.Workflow.Storage.GroupCommit;
using SQLitePCL;
using static Orleans.Workflow.Storage.Sqlite.SqliteNative;

namespace Orleans.Workflow.Storage.Sqlite;

/// <summary>
/// Moves what the log holds into the file, on a thread and a connection of its own while the log grows on. Done by the connection that
/// writes, as SQLite does it by itself, all commits stand still for it. What came meanwhile is moved by the writer, between two commits:
/// only when all of it is moved does the log begin anew.
/// </summary>
/// <param name="dataSource">Opens the connection.</param>
/// <param name="longLog">
/// How many pages the log takes before it is moved. A page that is changed again and again is moved once; a longer log costs more to look
/// things up in.
/// </param>
internal sealed class SqliteCheckpointer(SqliteDataSource dataSource, int longLog = 40_000) : IDisposable
{
    /// <summary>SQLite's name for it is SQLITE_DBSTATUS_CACHE_WRITE; the library has none.</summary>
    private const int PagesWritten = 9;

    private readonly LaneThread _thread = new("workflow-checkpoint");
    private readonly Lazy<SqliteConnection> _connection = new(dataSource.OpenConnection);
    private Task? _moving;
    private int _pages;

    /// <summary>Keeps the connection that writes from moving the log by itself.</summary>
    public static void TakesOver(SqliteConnection writer) => raw.sqlite3_wal_autocheckpoint(writer.Handle!, 0);

    /// <summary>Tells that a transaction was committed. By the thread that commits, outside a transaction.</summary>
    /// <param name="writer">The connection that committed.</param>
    public void Committed(SqliteConnection writer)
    {
        raw.sqlite3_db_status(writer.Handle!, PagesWritten, out var written, out _, 1);
        _pages += written;
        if (_moving is null && _pages >= longLog)
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
        if (_moving is not null)
            Task.WaitAny(_moving);

        _thread.Dispose();
        if (_connection.IsValueCreated)
            _connection.Value.Dispose();
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
    private static void Checkpoint(SqliteConnection connection) =>
        raw.sqlite3_wal_checkpoint_v2(connection.Handle!, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out _, out _);

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

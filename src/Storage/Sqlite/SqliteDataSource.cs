using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Orleans.Workflow.Storage.Sqlite;

/// <summary>
/// Opens connections to one SQLite file with the durability that an answer 200 promises: write-ahead log, and a flush
/// for each commit.
/// </summary>
/// <param name="given">A connection string of Microsoft.Data.Sqlite.</param>
/// <param name="mayCreate">Whether a file that is not there is made.</param>
internal sealed class SqliteDataSource(string given, bool mayCreate = true) : DbDataSource
{
    // The cache (in KiB, if negative) holds the pages that notifications of running campaigns change; after splitting
    // a page SQLite looks through all of it, so a larger one costs more than it spares. A commit moves
    // the log only if SqliteCheckpointer does not keep up. What is deleted, or moved within a page, is overwritten: an
    // erased person must not be found in the file, whichever connection wrote it (ADR 0045).
    private const string Pragmas = """
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA busy_timeout = 10000;
        PRAGMA foreign_keys = ON;
        PRAGMA case_sensitive_like = ON;
        PRAGMA cache_size = -16384;
        PRAGMA secure_delete = ON;
        PRAGMA wal_autocheckpoint = 64000;
        """;

    private readonly string _connectionString = mayCreate
        ? given
        : new SqliteConnectionStringBuilder(given) { Mode = SqliteOpenMode.ReadWrite }.ConnectionString;

    /// <inheritdoc/>
    public override string ConnectionString => _connectionString;

    /// <summary>Opens a connection.</summary>
    public new SqliteConnection OpenConnection() => Open(_connectionString);

    /// <summary>Opens a connection that is kept for good, so it has no use for the pool.</summary>
    /// <remarks>A lock is waited for as long as busy_timeout says; the provider would wait for it again.</remarks>
    public SqliteConnection OpenUnpooled()
    {
        var kept = new SqliteConnectionStringBuilder(_connectionString) { Pooling = false, DefaultTimeout = 10 };
        return Open(kept.ConnectionString);
    }

    /// <inheritdoc/>
    protected override DbConnection CreateDbConnection() => new SqliteConnection(_connectionString);

    /// <inheritdoc/>
    protected override DbConnection OpenDbConnection() => OpenConnection();

    /// <inheritdoc/>
    protected override ValueTask<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken = default) =>
        new(OpenConnection());

    private static SqliteConnection Open(string connectionString)
    {
        var connection = new SqliteConnection(connectionString);
        try
        {
            connection.Open();
            using var pragmas = connection.CreateCommand();
            pragmas.CommandText = Pragmas;
            pragmas.ExecuteNonQuery();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}

using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Orleans.Workflow.Storage.Sqlite;

/// <summary>
/// Opens connections to one SQLite file with the durability that an answer 200 promises: write-ahead log, and a flush for each
/// commit.
/// </summary>
/// <param name="connectionString">A connection string of Microsoft.Data.Sqlite.</param>
internal sealed class SqliteDataSource(string connectionString) : DbDataSource
{
    // The cache (in KiB, if negative) holds the pages that notifications of running campaigns change. The log is moved by whoever commits
    // what makes it long; for the connection that writes notifications, SqliteCheckpointer does it.
    private const string Pragmas =
        """
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA busy_timeout = 10000;
        PRAGMA foreign_keys = ON;
        PRAGMA case_sensitive_like = ON;
        PRAGMA cache_size = -65536;
        PRAGMA wal_autocheckpoint = 16000;
        """;

    /// <inheritdoc/>
    public override string ConnectionString => connectionString;

    /// <summary>Opens a connection.</summary>
    public new SqliteConnection OpenConnection()
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

    /// <inheritdoc/>
    protected override DbConnection CreateDbConnection() => new SqliteConnection(connectionString);

    /// <inheritdoc/>
    protected override DbConnection OpenDbConnection() => OpenConnection();

    /// <inheritdoc/>
    protected override ValueTask<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken = default) => new(OpenConnection());
}

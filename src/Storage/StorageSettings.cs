namespace Orleans.Workflow.Storage;

/// <summary>Which database.</summary>
public enum StorageProvider
{
    /// <summary>One file, no server, one process.</summary>
    Sqlite,

    /// <summary>PostgreSQL 15 or later.</summary>
    Postgres,
}

/// <summary>Where everything is stored.</summary>
/// <param name="Provider">Which database.</param>
/// <param name="ConnectionString">A connection string of Microsoft.Data.Sqlite or Npgsql.</param>
/// <param name="CommitConcurrency">How many batches PostgreSQL works on side by side; SQLite has one writer.</param>
/// <param name="MaxBatch">How many grains one transaction writes at most.</param>
/// <param name="MaxWaiting">How many workflows may wait in a silo to be written before more is refused.</param>
/// <param name="MaxWaitingOfWorkflow">How many notifications of one workflow may wait before more is refused.</param>
/// <param name="MaxRejected">How many refused requests of sources are kept, and a tenth of it of strangers.</param>
/// <param name="MaxRejectedBytes">How many bytes the bodies of refused requests have together at most.</param>
public sealed record StorageSettings(
    StorageProvider Provider,
    string ConnectionString,
    int CommitConcurrency = 1,
    int MaxBatch = 256,
    int MaxWaiting = 4096,
    int MaxWaitingOfWorkflow = 1024,
    int MaxRejected = 10_000,
    int MaxRejectedBytes = 256 * 1024 * 1024
)
{
    /// <summary>
    /// Whether a pooler stands in front of PostgreSQL that gives a connection for a transaction only, such as
    /// PgBouncer: nothing is then asked for at the start of a connection, and no statement is prepared.
    /// </summary>
    public bool PoolsTransactions { get; init; }

    /// <summary>
    /// A file that holds the password of PostgreSQL's role, read for each new connection; null if there is none.
    /// </summary>
    public string? PasswordFile { get; init; }
}

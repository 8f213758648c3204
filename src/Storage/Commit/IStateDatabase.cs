using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Storage.Commit;

/// <summary>A database that reads and writes many state rows at once.</summary>
internal interface IStateDatabase
{
    /// <summary>How many batches it works on side by side.</summary>
    int CommitConcurrency { get; }

    /// <summary>Whether a larger batch takes hardly longer where a commit takes long, as over a network.</summary>
    bool GrowsBatches => false;

    /// <summary>See <see cref="Grains.Persistence.IWriteAdmission.Epoch"/>.</summary>
    int Epoch => 0;

    /// <summary>
    /// Commits rows with their receipts, in one transaction; no row is there twice. Of a row that is not next, or of
    /// which a receipt is known, nothing is written.
    /// </summary>
    /// <returns>What became of each, in the order given.</returns>
    Task<CommitResult[]> Write(IReadOnlyList<StateWrite> writes, CancellationToken cancellationToken);

    /// <summary>
    /// Commits facts with their counts, in one transaction; no node is there twice. Which of them are new is decided by
    /// what is stored; a receipt that is stored already is answered as it was the first time.
    /// </summary>
    /// <returns>What became of each, in the order given.</returns>
    Task<CommittedFacts[]> WriteFacts(IReadOnlyList<FactWrite> writes, CancellationToken cancellationToken);

    /// <summary>Reads state rows.</summary>
    /// <returns>Each row in the order given; null where there is none.</returns>
    Task<StoredRow?[]> Read(IReadOnlyList<StateRead> reads, CancellationToken cancellationToken);

    /// <summary>
    /// Whether an exception of <see cref="Write"/> proves that nothing was committed. If not, it is not known.
    /// </summary>
    bool ProvesRollback(Exception exception);

    /// <summary>What an exception of <see cref="Write"/> is about.</summary>
    FailureCause CauseOf(Exception exception) => FailureCause.Unknown;

    /// <summary>Makes a commit that changes nothing but is as durable as any.</summary>
    Task Probe(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>What a failed commit is about.</summary>
internal enum FailureCause
{
    /// <summary>Perhaps the connection, perhaps anything else: the next commit may go through.</summary>
    Unknown,

    /// <summary>A row that the database refuses; the others of its batch are not to blame.</summary>
    Row,

    /// <summary>The database itself: the next commit fails too.</summary>
    Database,
}

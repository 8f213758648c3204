namespace Orleans.Workflow.Storage.GroupCommit;

/// <summary>A database that reads and writes many state rows at once.</summary>
internal interface IStateDatabase
{
    /// <summary>How many batches it works on side by side.</summary>
    int Lanes { get; }

    /// <summary>Whether it can write how a state differs from the one that it wrote whole before.</summary>
    bool WritesEdits { get; }

    /// <summary>
    /// Writes state rows with what is derived from them, in one transaction; no row is there twice. A row whose version is another
    /// than was read is left alone, and nothing derived from it is written.
    /// </summary>
    /// <returns>The new version of each row, in the order given; null where the version did not match.</returns>
    Task<int?[]> Write(IReadOnlyList<StateWrite> writes, CancellationToken cancellationToken);

    /// <summary>Reads state rows.</summary>
    /// <returns>Each row in the order given; null where there is none.</returns>
    Task<StoredState?[]> Read(IReadOnlyList<StateRead> reads, CancellationToken cancellationToken);

    /// <summary>Whether an exception of <see cref="Write"/> proves that nothing was committed. If not, nobody knows.</summary>
    bool ProvesRollback(Exception exception);
}

namespace Orleans.Workflow.Storage.Commit;

/// <summary>Counts what waits to be written, of status changes and of facts, and says whether there is room.</summary>
internal sealed class WaitingWrites(GroupCommitOptions options)
{
    /// <summary>How many bytes may wait to be written before a notification that is not small is refused.</summary>
    // An Api that gives up after 10 s takes the next body, while the one before still waits here (ADR 0038).
    private const long MaxBytes = 256 * 1024 * 1024;

    private const int SmallBytes = 64 * 1024;

    private int _count;
    private long _bytes;

    public GroupCommitOptions Options => options;

    /// <summary>How many writes were let in and are not written yet.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>How many bytes they have.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>See <see cref="Grains.Persistence.IWriteAdmission.HasRoomFor"/>.</summary>
    public bool HasRoomFor(int waiting, int bytes) =>
        waiting < options.MaxWaitingOfWorkflow
        && Count < options.MaxWaiting
        && (bytes <= SmallBytes || Bytes + bytes <= MaxBytes);

    public void Enter(IKeyedRequest write)
    {
        Interlocked.Increment(ref _count);
        Interlocked.Add(ref _bytes, write.Size);
    }

    public void Leave(IReadOnlyCollection<IKeyedRequest> batch)
    {
        Interlocked.Add(ref _count, -batch.Count);
        Interlocked.Add(ref _bytes, -batch.Sum(static write => (long)write.Size));
    }
}

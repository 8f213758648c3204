using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Simulation.Tests.Faults;
using Orleans.Workflow.Simulation.Tests.Runtime;
using Orleans.Workflow.Storage.Commit;

namespace Orleans.Workflow.Simulation.Tests.Database;

/// <summary>
/// A silo's connection to the database, with faults. The database executes what has arrived there, whether
/// the silo lives or not.
/// </summary>
internal sealed class DatabaseConnection(Cluster cluster, StateTables tables) : IStateDatabase, IWorkflowSnapshots
{
    /// <summary>How late a statement may reach the database after its caller gave up.</summary>
    public const int LatestMilliseconds = 180_000;

    private readonly HashSet<StateWrite> _bad = [];

    private FaultInjector Faults => cluster.Faults;

    /// <inheritdoc/>
    public int CommitConcurrency => cluster.CommitConcurrency;

    /// <inheritdoc/>
    public int Epoch { get; private set; }

    /// <inheritdoc/>
    /// <remarks>As on PostgreSQL: what was loaded before a standby took over is not written.</remarks>
    public async Task<CommitResult[]> Write(IReadOnlyList<StateWrite> writes, CancellationToken cancellationToken)
    {
        var epoch = Epoch = tables.Epoch;
        var current = writes.Where(IsCurrent).ToList();
        foreach (var write in writes.Except(current))
            Faults.Note(FaultKind.Ahead, $"{write.Key.GrainKey}");

        var written = new Queue<CommitResult>(current.Count == 0 ? [] : await Write(current));
        return
        [
            .. writes.Select(write =>
                IsCurrent(write) ? written.Dequeue() : new CommitResult.RolledBack(new ConnectionLostException())
            ),
        ];

        bool IsCurrent(StateWrite write) => (write.Commit.Epoch ?? epoch) == epoch;
    }

    /// <inheritdoc/>
    /// <remarks>The schedules have no facts, which depend on no activation's memory.</remarks>
    public Task<CommittedFacts[]> WriteFacts(IReadOnlyList<FactWrite> writes, CancellationToken cancellationToken) =>
        throw new NotSupportedException("No schedule has facts.");

    private async Task<CommitResult[]> Write(List<StateWrite> writes)
    {
        var what = $"write {string.Join(", ", writes.Select(static write => write.Key.GrainKey))}";
        var fault = Faults.Strike(
            what,
            FaultKind.LostBeforeCommit,
            FaultKind.LostAfterCommit,
            FaultKind.CommittedLate,
            FaultKind.MinutesLate,
            FaultKind.RolledBack,
            FaultKind.BadRow,
            FaultKind.SlowCommit
        );
        switch (fault)
        {
            case FaultKind.LostBeforeCommit:
                await Pause(5);
                throw new ConnectionLostException();
            case FaultKind.LostAfterCommit:
                await Commit(writes, 5);
                throw new ConnectionLostException();
            case FaultKind.CommittedLate:
                // While the grain reloads and its callers ask again: before, in between, or after.
                _ = Commit(writes, 150);
                await Pause(5);
                throw new ConnectionLostException();
            case FaultKind.MinutesLate:
                _ = CommitMinutesLate(writes);
                await Pause(5);
                throw new ConnectionLostException();
            case FaultKind.RolledBack:
                await Pause(5);
                throw new RolledBackException("deadlock detected");
            case FaultKind.BadRow:
                _bad.Add(Faults.Random.Pick(writes));
                break;
            default:
                break;
        }

        if (!Faults.HasStopped && writes.Any(_bad.Contains))
        {
            await Pause(5);
            throw new RolledBackException("invalid byte sequence");
        }

        var outcomes = await Commit(writes, fault == FaultKind.SlowCommit ? 6_000 : 5);
        await Pause(3);
        return outcomes;
    }

    /// <inheritdoc/>
    public async Task<StoredRow?[]> Read(IReadOnlyList<StateRead> reads, CancellationToken cancellationToken)
    {
        var what = $"read {string.Join(", ", reads.Select(static read => read.Key.GrainKey))}";
        var fault = Faults.Strike(what, FaultKind.ReadFailed, FaultKind.SlowRead);
        await Pause(fault == FaultKind.SlowRead ? 4_000 : 3);
        if (fault == FaultKind.ReadFailed)
            throw new ConnectionLostException();

        StoredRow?[] rows = [.. reads.Select(read => tables.Read(read.Key))];
        if (rows.Any(static row => row is not null))
            Epoch = tables.Epoch;

        await Pause(3);
        return rows;
    }

    /// <inheritdoc/>
    public async Task<IWorkflowSnapshot> Open(CancellationToken cancellationToken)
    {
        var fault = Faults.Strike("read a snapshot", FaultKind.ReadFailed, FaultKind.SlowRead);
        await Pause(fault == FaultKind.SlowRead ? 4_000 : 3);
        if (fault == FaultKind.ReadFailed)
            throw new ConnectionLostException();

        var moment = new StoredMoment(tables.Copy());
        await Pause(3);
        return moment;
    }

    /// <inheritdoc/>
    public bool ProvesRollback(Exception exception) => exception is RolledBackException;

    private Task Pause(int atMost) => cluster.Time.Pause(Faults.Random.Between(0, atMost));

    private Task<CommitResult[]> Commit(IReadOnlyList<StateWrite> writes, int atMost) =>
        Commit(writes, Faults.Random.Between(0, atMost));

    private Task<CommitResult[]> Commit(IReadOnlyList<StateWrite> writes, TimeSpan after)
    {
        var epoch = tables.Epoch;
        return cluster.DatabaseServer.Run(async () =>
        {
            await cluster.Time.Pause(after);
            if (tables.Epoch != epoch)
                throw new ConnectionLostException();

            var outcomes = tables.Commit(writes);
            for (var i = 0; i < outcomes.Length; i++)
            {
                if (outcomes[i] is CommitResult.NotNext)
                    Faults.Note(FaultKind.VersionConflict, $"{writes[i].Key.GrainKey}");
            }

            return outcomes;
        });
    }

    private async Task CommitMinutesLate(IReadOnlyList<StateWrite> writes)
    {
        var outcomes = await Commit(writes, Faults.Random.Between(60_000, LatestMilliseconds));
        foreach (var (write, _) in writes.Zip(outcomes).Where(static pair => pair.Second is CommitResult.NotNext))
        {
            // Without a receipt that it does not know of, only the removal of receipts has raised the version.
            var isTrimmed = tables.Read(write.Key)?.Seq == write.Commit.SeqBefore;
            Faults.Note(isTrimmed ? FaultKind.LateAndTrimmed : FaultKind.LateAndOvertaken, $"{write.Key.GrainKey}");
        }
    }
}

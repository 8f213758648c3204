using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Simulation.Tests.Faults;
using Orleans.Workflow.Simulation.Tests.Runtime;
using Orleans.Workflow.Storage.GroupCommit;

namespace Orleans.Workflow.Simulation.Tests.Database;

/// <summary>
/// A silo's way to the database, on which everything goes wrong that can. What has arrived there is done there, whether the silo lives
/// or not.
/// </summary>
internal sealed class DatabaseConnection(Cluster cluster, StateTables tables) : IStateDatabase, IWorkflowSnapshots
{
    private readonly HashSet<StateWrite> _bad = [];

    private Chance Faults => cluster.Faults;

    /// <inheritdoc/>
    public int Lanes => cluster.Lanes;

    /// <inheritdoc/>
    public async Task<CommitResult[]> Write(IReadOnlyList<StateWrite> writes, CancellationToken cancellationToken)
    {
        var what = $"write {string.Join(", ", writes.Select(static write => write.Key.GrainKey))}";
        var fault = Faults.Strike(
            what,
            FaultKind.LostBeforeCommit, FaultKind.LostAfterCommit, FaultKind.CommittedLate, FaultKind.RolledBack, FaultKind.BadRow, FaultKind.SlowCommit);
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
            case FaultKind.RolledBack:
                await Pause(5);
                throw new RolledBackException("deadlock detected");
            case FaultKind.BadRow:
                _bad.Add(Faults.Dice.Pick(writes));
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

        var moment = tables.Now();
        await Pause(3);
        return moment;
    }

    /// <inheritdoc/>
    public bool ProvesRollback(Exception exception) => exception is RolledBackException;

    private Task Pause(int atMost) => cluster.Time.Pause(Faults.Dice.Between(0, atMost));

    private Task<CommitResult[]> Commit(IReadOnlyList<StateWrite> writes, int atMost) => cluster.DatabaseServer.Run(async () =>
    {
        await Pause(atMost);
        var outcomes = tables.Commit(writes);
        for (var i = 0; i < outcomes.Length; i++)
        {
            if (outcomes[i] is CommitResult.NotNext)
                Faults.Note(FaultKind.VersionConflict, $"{writes[i].Key.GrainKey}");
        }

        return outcomes;
    });
}

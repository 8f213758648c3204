using System.Runtime.InteropServices;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Simulation.Tests.Properties;
using Orleans.Workflow.Storage.GroupCommit;

namespace Orleans.Workflow.Simulation.Tests.Database;

/// <summary>
/// The tables as both databases keep them: a batch is committed as a whole or not at all; a row is written where its version is the one
/// that the commit names, and its receipts only with it; a receipt's id, and its place in its workflow, are unique.
/// </summary>
internal sealed class StateTables(Witness witness)
{
    private readonly Dictionary<RowKey, StoredRow> _rows = [];
    private readonly Dictionary<Guid, ReceiptRow> _receipts = [];
    private readonly Dictionary<string, List<ReceiptRow>> _received = new(StringComparer.Ordinal);
    private readonly Dictionary<GrainStateName, ReadOnlyMemory<byte>> _snapshots = [];
    private readonly HashSet<(string WorkflowId, long Seq)> _places = [];

    /// <summary>Commits a batch.</summary>
    /// <exception cref="RolledBackException">A constraint is violated; nothing was written.</exception>
    public CommitResult[] Commit(IReadOnlyList<StateWrite> writes)
    {
        var refusals = writes.Select(Refuse).ToArray();
        var written = writes.Where((_, at) => refusals[at] is null).ToList();
        Insert([.. written.SelectMany(
            static write => write.Commit.Receipts, static (write, receipt) => (write.Commit.Workflow.WorkflowId, Row: receipt))]);
        return [.. writes.Select((write, at) => refusals[at] ?? Write(write))];
    }

    /// <summary>The row of a workflow.</summary>
    public StoredRow? Read(RowKey key) => _rows.GetValueOrDefault(key);

    /// <summary>What is stored now.</summary>
    public IWorkflowSnapshot Now() => new StoredMoment(
        new Dictionary<GrainStateName, ReadOnlyMemory<byte>>(_snapshots),
        _received.ToDictionary(static pair => pair.Key, static pair => pair.Value.ToArray(), StringComparer.Ordinal));

    private CommitResult? Refuse(StateWrite write)
    {
        if (Read(write.Key)?.Version != write.Commit.Version)
            return new CommitResult.NotNext();

        var known = write.Commit.Receipts.Select(receipt => _receipts.GetValueOrDefault(receipt.Id)).OfType<ReceiptRow>().ToList();
        return known.Count == 0
            ? null
            : new CommitResult.Known([.. known.Select(static row => new Acknowledgement(row.Id, row.Effect, row.Version))]);
    }

    private void Insert(List<(string WorkflowId, ReceiptRow Row)> receipts)
    {
        if (receipts.DistinctBy(static receipt => receipt.Row.Id).Count() < receipts.Count)
            throw new RolledBackException("duplicate key value violates unique constraint \"receipt_pkey\"");

        if (receipts.Exists(receipt => _places.Contains((receipt.WorkflowId, receipt.Row.Seq))))
            throw new RolledBackException("duplicate key value violates unique constraint on workflow_id, seq");

        foreach (var (workflowId, receipt) in receipts)
        {
            _receipts.Add(receipt.Id, receipt);
            _places.Add((workflowId, receipt.Seq));
            (CollectionsMarshal.GetValueRefOrAddDefault(_received, workflowId, out _) ??= []).Add(receipt);
        }
    }

    private CommitResult.Committed Write(StateWrite write)
    {
        var commit = write.Commit;
        if (commit.Snapshot is { } snapshot)
            _snapshots[snapshot.Name] = snapshot.Payload;

        var row = new StoredRow(
            (commit.Version ?? 0) + 1,
            commit.State is { } state ? state.ToArray() : _rows[write.Key].State,
            commit.Workflow.Seq,
            commit.Workflow.LastReceivedAt);
        _rows[write.Key] = row;
        witness.Committed(write, row);
        return new CommitResult.Committed(row.Version);
    }
}

/// <summary>The database has refused a batch and says that nothing was written.</summary>
internal sealed class RolledBackException(string message) : Exception(message);

/// <summary>The connection was lost; nobody knows what the database has done.</summary>
internal sealed class ConnectionLostException() : IOException("The connection was lost.");

using System.Runtime.InteropServices;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Simulation.Tests.Properties;
using Orleans.Workflow.Storage.Commit;

namespace Orleans.Workflow.Simulation.Tests.Database;

/// <summary>
/// The tables of the database, in memory. A batch is committed as a whole or not at all.
/// </summary>
/// <remarks>
/// As in both databases: a row and its receipts are written only if the row has the version that the commit names. The
/// id of a receipt is unique, and so is its seq in its workflow.
/// </remarks>
internal sealed class StateTables(InvariantChecker witness)
{
    private StoredContent _content = new();

    /// <summary>Rises when a standby takes over.</summary>
    public int Epoch { get; private set; }

    /// <summary>Commits a batch.</summary>
    /// <exception cref="RolledBackException">A constraint is violated; nothing was written.</exception>
    public CommitResult[] Commit(IReadOnlyList<StateWrite> writes)
    {
        var refusals = writes.Select(Refuse).ToArray();
        var written = writes.Where((_, at) => refusals[at] is null).ToList();
        Insert([
            .. written.SelectMany(
                static write => write.Commit.Receipts,
                static (write, receipt) => (write.Commit.Workflow.WorkflowId, Row: receipt)
            ),
        ]);
        return [.. writes.Select((write, at) => refusals[at] ?? Write(write))];
    }

    /// <summary>The row of a workflow.</summary>
    public StoredRow? Read(RowKey key) => _content.Rows.GetValueOrDefault(key);

    /// <summary>Whether a receipt is stored.</summary>
    public bool Holds(Guid receiptId) => _content.Receipts.ContainsKey(receiptId);

    /// <summary>What is stored now.</summary>
    public StoredContent Copy() => _content.Copy();

    /// <summary>A standby takes over.</summary>
    /// <param name="standby">What it has.</param>
    public void FailOver(StoredContent standby)
    {
        _content = standby;
        Epoch++;
    }

    /// <summary>
    /// Removes the receipts that a baseline replaces, as retention does: the row gets another version with it.
    /// </summary>
    public int Remove(BaselineRow baseline)
    {
        var key = RowKey.OfWorkflow(baseline.WorkflowId);
        _content.Rows[key] = Read(key)! with { Version = Read(key)!.Version + 1 };
        _content.Baselines[baseline.WorkflowId] = baseline;
        var received = _content.Received[baseline.WorkflowId];
        foreach (var receipt in received.Where(receipt => receipt.Seq <= baseline.Seq))
            _content.Receipts.Remove(receipt.Id);

        return received.RemoveAll(receipt => receipt.Seq <= baseline.Seq);
    }

    private CommitResult? Refuse(StateWrite write)
    {
        if (Read(write.Key)?.Version != write.Commit.Version)
            return new CommitResult.NotNext();

        var known = write
            .Commit.Receipts.Select(receipt => _content.Receipts.GetValueOrDefault(receipt.Id))
            .OfType<ReceiptRow>()
            .ToList();
        return known.Count == 0
            ? null
            : new CommitResult.Known([
                .. known.Select(static row => new Acknowledgement(row.Id, row.Effect, row.Version)),
            ]);
    }

    private void Insert(List<(string WorkflowId, ReceiptRow Row)> receipts)
    {
        if (receipts.DistinctBy(static receipt => receipt.Row.Id).Count() < receipts.Count)
            throw new RolledBackException("duplicate key value violates unique constraint \"receipt_pkey\"");

        if (receipts.Exists(receipt => IsTaken(receipt.WorkflowId, receipt.Row.Seq)))
            throw new RolledBackException("duplicate key value violates unique constraint on workflow_id, seq");

        foreach (var (workflowId, receipt) in receipts)
        {
            _content.Receipts.Add(receipt.Id, receipt);
            (CollectionsMarshal.GetValueRefOrAddDefault(_content.Received, workflowId, out _) ??= []).Add(receipt);
        }
    }

    private bool IsTaken(string workflowId, long seq) =>
        _content.Received.TryGetValue(workflowId, out var received) && received.Exists(row => row.Seq == seq);

    private CommitResult.Committed Write(StateWrite write)
    {
        var commit = write.Commit;
        if (commit.Snapshot is { } snapshot)
            _content.Snapshots[snapshot.Name] = snapshot.Payload;

        var row = new StoredRow(
            (commit.Version ?? 0) + 1,
            commit.State is { } state ? state.ToArray() : _content.Rows[write.Key].State,
            commit.Workflow.Seq,
            commit.Workflow.LastReceivedAt
        );
        _content.Rows[write.Key] = row;
        witness.Committed(write, row);
        return new CommitResult.Committed(row.Version);
    }
}

/// <summary>The database has refused a batch and says that nothing was written.</summary>
internal sealed class RolledBackException(string message) : Exception(message);

/// <summary>The connection was lost; the outcome is unknown.</summary>
internal sealed class ConnectionLostException() : IOException("The connection was lost.");

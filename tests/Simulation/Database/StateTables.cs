using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Simulation.Tests.Properties;
using Orleans.Workflow.Storage.GroupCommit;

namespace Orleans.Workflow.Simulation.Tests.Database;

/// <summary>
/// The tables as PostgreSQL keeps them: a batch is committed as a whole or not at all; a state is written where its version is the one
/// that was read, and what is derived from it only then; a receipt's id, and its place in its workflow, are unique.
/// </summary>
internal sealed class StateTables(Witness witness)
{
    private readonly Dictionary<RowKey, StateRow> _states = [];
    private readonly Dictionary<RowKey, Heard> _heard = [];
    private readonly Dictionary<Guid, ReceiptRow> _receipts = [];
    private readonly Dictionary<string, List<ReceiptRow>> _received = new(StringComparer.Ordinal);
    private readonly Dictionary<RowKey, ReadOnlyMemory<byte>> _snapshots = [];
    private readonly HashSet<(string WorkflowId, long Seq)> _places = [];

    /// <summary>Commits a batch.</summary>
    /// <exception cref="RolledBackException">A constraint is violated; nothing was written.</exception>
    public WriteOutcome[] Commit(IReadOnlyList<StateWrite> writes)
    {
        var won = writes.Select(IsAsRead).ToArray();
        var receipts = writes.Where((_, at) => won[at]).SelectMany(static write => write.Rows?.Receipts ?? [],
            static (write, receipt) => (write.Rows!.Workflow.WorkflowId, Row: receipt)).ToList();
        if (receipts.DistinctBy(static receipt => receipt.Row.Id).Count() < receipts.Count
            || receipts.Exists(receipt => _receipts.ContainsKey(receipt.Row.Id)))
        {
            throw new RolledBackException("duplicate key value violates unique constraint \"receipt_pkey\"");
        }

        if (receipts.Exists(receipt => _places.Contains((receipt.WorkflowId, receipt.Row.Seq))))
            throw new RolledBackException("duplicate key value violates unique constraint on workflow_id, seq");

        foreach (var (workflowId, receipt) in receipts)
        {
            _receipts.Add(receipt.Id, receipt);
            _places.Add((workflowId, receipt.Seq));
            (CollectionsMarshal.GetValueRefOrAddDefault(_received, workflowId, out _) ??= []).Add(receipt);
        }

        var outcomes = new WriteOutcome[writes.Count];
        for (var i = 0; i < outcomes.Length; i++)
        {
            var write = writes[i];
            if (!won[i])
            {
                outcomes[i] = new WriteOutcome(null, write.IsFirst ? Read(write.Key) : null);
                continue;
            }

            if (write.Rows?.Snapshot is { } snapshot)
                _snapshots[RowKey.Of(snapshot.Name.GrainId, snapshot.Name.StateName)] = snapshot.Payload;

            if (write.Rows is { Workflow: var listed })
                _heard[write.Key] = new Heard(listed.Seq, listed.LastReceivedAt);

            var row = write.KeepsState ? _states[write.Key] : Written(write);
            _states[write.Key] = row;
            outcomes[i] = new WriteOutcome(row.Version);
            witness.Committed(write, Read(write.Key)!);
        }

        return outcomes;
    }

    /// <summary>The row of a state.</summary>
    public StoredState? Read(RowKey key) => _states.GetValueOrDefault(key) is { } row
        ? new StoredState(row.State(), row.Version, _heard.TryGetValue(key, out var heard) ? heard : null)
        : null;

    /// <summary>What is stored now.</summary>
    public IWorkflowSnapshot Now() => new StoredMoment(
        new Dictionary<RowKey, ReadOnlyMemory<byte>>(_snapshots), _received.ToDictionary(static pair => pair.Key, static pair => pair.Value.ToArray(), StringComparer.Ordinal));

    /// <summary>What a stored receipt is answered.</summary>
    public Acknowledgement? FindAcknowledgement(Guid receiptId) =>
        _receipts.GetValueOrDefault(receiptId) is { } receipt ? new Acknowledgement(receipt.Id, receipt.Effect, receipt.Version) : null;

    private StateRow Written(StateWrite write) => write.Edits is { } edits
        ? _states[write.Key] with { Edits = edits, Version = write.ETag + 1 }
        : new StateRow(write.Payload.ToArray(), [], (write.ETag ?? 0) + 1);

    private bool IsAsRead(StateWrite write) => write.KeepsState
        ? _heard.TryGetValue(write.Key, out var heard) && heard.Seq == write.Rows!.Receipts[0].Seq - 1
        : _states.GetValueOrDefault(write.Key)?.Version == write.ETag;
}

/// <summary>A state as it was written whole last, and what was edited since.</summary>
internal sealed record StateRow(byte[] Whole, byte[] Edits, int? Version)
{
    /// <summary>The state.</summary>
    public byte[] State()
    {
        // As orleansstorage_edit does it.
        var state = new List<byte>();
        var known = 0;
        for (ReadOnlySpan<byte> rest = Edits; !rest.IsEmpty;)
        {
            var (place, gone, come) = (Number(rest), Number(rest[4..]), Number(rest[8..]));
            state.AddRange(Part(known, place - known));
            state.AddRange(rest.Slice(12, come));
            known = place + gone;
            rest = rest[(12 + come)..];
        }

        state.AddRange(Part(known, Whole.Length - known));
        return [.. state];
    }

    /// <summary>As much as there is: of edits to another state, what comes is to be seen.</summary>
    private ReadOnlySpan<byte> Part(int from, int length)
    {
        var rest = Whole.AsSpan(Math.Clamp(from, 0, Whole.Length));
        return rest[..Math.Clamp(length, 0, rest.Length)];
    }

    private static int Number(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt32BigEndian(bytes);
}

/// <summary>The database has refused a batch and says that nothing was written.</summary>
internal sealed class RolledBackException(string message) : Exception(message);

/// <summary>The connection was lost; nobody knows what the database has done.</summary>
internal sealed class ConnectionLostException() : IOException("The connection was lost.");

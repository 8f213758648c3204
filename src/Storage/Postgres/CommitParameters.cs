using Npgsql;
using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Storage.GroupCommit;
using Orleans.Workflow.Storage.ReadModel;

namespace Orleans.Workflow.Storage.Postgres;

/// <summary>
/// The parameters of <see cref="CommitStatement"/>, four arrays of rows, and the keys of rows to read, which are one. PostgreSQL takes
/// an array of rows apart ten times faster than an array for each column.
/// </summary>
internal sealed class CommitParameters
{
    private const string StatesType = "commit_state[]";

    private readonly NpgsqlParameter<StateInput[]> _states = new() { DataTypeName = StatesType };
    private readonly NpgsqlParameter<WorkflowInput[]> _workflows = new() { DataTypeName = "commit_workflow[]" };
    private readonly NpgsqlParameter<ReceiptInput[]> _receipts = new() { DataTypeName = "commit_receipt[]" };
    private readonly NpgsqlParameter<HeardInput[]> _heard = new() { DataTypeName = "commit_heard[]" };

    /// <summary>Adds the parameters to a command, in the order of their numbers.</summary>
    public CommitParameters(NpgsqlParameterCollection parameters, string serviceId)
    {
        parameters.Add(new NpgsqlParameter<string> { TypedValue = serviceId });
        parameters.Add(_states);
        parameters.Add(_workflows);
        parameters.Add(_receipts);
        parameters.Add(_heard);
    }

    /// <summary>Says how rows are written. For every data source that is to commit.</summary>
    public static void Map(NpgsqlDataSourceBuilder builder) => builder
        .MapComposite<StateInput>("commit_state")
        .MapComposite<WorkflowInput>("commit_workflow")
        .MapComposite<ReceiptInput>("commit_receipt")
        .MapComposite<HeardInput>("commit_heard");

    /// <summary>The keys of rows that are to be read, as rows of which no more is set.</summary>
    public static NpgsqlParameter KeysOf(IReadOnlyList<StateRead> reads)
    {
        var keys = new StateInput[reads.Count];
        for (var i = 0; i < keys.Length; i++)
            keys[i] = State(reads[i].Key, etag: null, payload: null, edits: null);

        return new NpgsqlParameter<StateInput[]> { TypedValue = keys, DataTypeName = StatesType };
    }

    /// <summary>Sets the rows of a batch; each has its place in it, from 1, as its position.</summary>
    public void Set(IReadOnlyList<StateWrite> writes)
    {
        var states = new List<StateInput>(writes.Count);
        var heard = new List<HeardInput>(writes.Count);
        var workflows = new List<WorkflowInput>(writes.Count);
        var receipts = new List<ReceiptInput>(writes.Count);
        for (var i = 0; i < writes.Count; i++)
        {
            var write = writes[i];
            if (write.KeepsState)
                heard.Add(Heard(i + 1, write.Rows!));
            else
                states.Add(State(write.Key, write.ETag, write.Edits is null ? write.Payload : default(ReadOnlyMemory<byte>?), write.Edits));

            if (write is { Rows: { } rows, Columns: { } columns })
                workflows.Add(Workflow(i + 1, rows, columns));

            for (var j = 0; j < write.Rows?.Receipts.Length; j++)
                receipts.Add(Receipt(i + 1, write.Rows.Workflow.WorkflowId, write.Rows.Receipts[j], write.Columns?.Changes[j]));
        }

        _states.TypedValue = [.. states];
        _workflows.TypedValue = [.. workflows];
        _receipts.TypedValue = [.. receipts];
        _heard.TypedValue = [.. heard];
    }

    private static StateInput State(in RowKey key, int? etag, ReadOnlyMemory<byte>? payload, byte[]? edits) => new(
        key.GrainIdHash, key.GrainIdN0, key.GrainIdN1, key.GrainTypeHash, key.GrainTypeString, key.GrainIdExtensionString, etag, payload, edits);

    private static WorkflowInput Workflow(int position, CommitRows rows, ComputedColumns columns)
    {
        var workflow = rows.Workflow;
        return new WorkflowInput(
            position,
            workflow.WorkflowId,
            workflow.Name,
            columns.NameLower,
            workflow.Status,
            workflow.StatusNormalised,
            (short?)workflow.Phase,
            (short?)workflow.Outcome,
            workflow.Attention,
            columns.NodeTypes,
            workflow.Version,
            workflow.Seq,
            workflow.FirstReceivedAt,
            workflow.LastReceivedAt,
            workflow.ChangedAt,
            (short)Standing.Of(workflow),
            rows.MovesInOrders);
    }

    private static HeardInput Heard(int position, CommitRows rows) =>
        new(position, rows.Workflow.WorkflowId, rows.Receipts[0].Seq - 1, rows.Workflow.Seq, rows.Workflow.LastReceivedAt);

    private static ReceiptInput Receipt(int position, string workflowId, ReceiptRow receipt, byte[]? changes) => new(
        position,
        receipt.Id,
        workflowId,
        receipt.Seq,
        receipt.ReceivedAt,
        receipt.Source,
        (short)receipt.Effect,
        receipt.Version,
        receipt.Vocabulary,
        receipt.Body,
        changes,
        (short)receipt.Kind);
}

using Npgsql;
using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Storage.GroupCommit;
using Orleans.Workflow.Storage.ReadModel;

namespace Orleans.Workflow.Storage.Postgres;

/// <summary>
/// The parameters of <see cref="CommitStatement"/>, three arrays of rows, and the keys of rows to read, which are one. PostgreSQL takes
/// an array of rows apart ten times faster than an array for each column.
/// </summary>
internal sealed class CommitParameters
{
    private const string StatesType = "commit_state[]";

    private readonly NpgsqlParameter<StateInput[]> _states = new() { DataTypeName = StatesType };
    private readonly NpgsqlParameter<WorkflowInput[]> _workflows = new() { DataTypeName = "commit_workflow[]" };
    private readonly NpgsqlParameter<ReceiptInput[]> _receipts = new() { DataTypeName = "commit_receipt[]" };

    /// <summary>Adds the parameters to a command, in the order of their numbers.</summary>
    public CommitParameters(NpgsqlParameterCollection parameters, string serviceId)
    {
        parameters.Add(new NpgsqlParameter<string> { TypedValue = serviceId });
        parameters.Add(_states);
        parameters.Add(_workflows);
        parameters.Add(_receipts);
    }

    /// <summary>Says how rows are written. For every data source that is to commit.</summary>
    public static void Map(NpgsqlDataSourceBuilder builder) => builder
        .MapComposite<StateInput>("commit_state")
        .MapComposite<WorkflowInput>("commit_workflow")
        .MapComposite<ReceiptInput>("commit_receipt");

    /// <summary>The keys of rows that are to be read, as rows of which no more is set.</summary>
    public static NpgsqlParameter KeysOf(IReadOnlyList<StateRead> reads)
    {
        var keys = new StateInput[reads.Count];
        for (var i = 0; i < keys.Length; i++)
            keys[i] = State(reads[i].Key, etag: null, payload: null, edits: null);

        return new NpgsqlParameter<StateInput[]> { TypedValue = keys, DataTypeName = StatesType };
    }

    /// <summary>Sets the rows of a batch.</summary>
    public void Set(IReadOnlyList<StateWrite> writes)
    {
        var states = new StateInput[writes.Count];
        var workflows = new List<WorkflowInput>(writes.Count);
        var receipts = new List<ReceiptInput>(writes.Count);
        for (var i = 0; i < states.Length; i++)
        {
            var write = writes[i];
            states[i] = State(write.Key, write.ETag, write.Edits is null ? write.Payload : default(ReadOnlyMemory<byte>?), write.Edits);
            if (write is not { Rows: { } rows, Columns: { } columns })
                continue;

            workflows.Add(Workflow(i + 1, rows, columns));
            for (var j = 0; j < rows.Receipts.Length; j++)
                receipts.Add(Receipt(i + 1, rows.Workflow.WorkflowId, rows.Receipts[j], columns.Changes[j]));
        }

        _states.TypedValue = states;
        _workflows.TypedValue = [.. workflows];
        _receipts.TypedValue = [.. receipts];
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

    private static ReceiptInput Receipt(int position, string workflowId, ReceiptRow receipt, string? changes) => new(
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

using Npgsql;
using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Storage.GroupCommit;
using Orleans.Workflow.Storage.ReadModel;

namespace Orleans.Workflow.Storage.Postgres;

/// <summary>Lays a batch out as the columns that <see cref="CommitStatement"/> takes.</summary>
internal static class CommitParameters
{
    /// <summary>Adds the parameters of a batch.</summary>
    public static void Add(NpgsqlParameterCollection parameters, string serviceId, IReadOnlyList<StateWrite> writes)
    {
        var workflows = new List<Derived<CommitRows>>(writes.Count);
        var receipts = new List<Derived<ReceiptRow>>(writes.Count);
        for (var i = 0; i < writes.Count; i++)
        {
            if (writes[i].Rows is not { } rows)
                continue;

            var workflowId = rows.Workflow.WorkflowId;
            workflows.Add(new(i + 1, workflowId, rows));
            foreach (var receipt in rows.Receipts)
                receipts.Add(new(i + 1, workflowId, receipt));
        }

        parameters.Add(new NpgsqlParameter<string> { TypedValue = serviceId });
        AddStates(new Columns<StateWrite>(parameters, writes));
        AddWorkflows(new Columns<Derived<CommitRows>>(parameters, workflows));
        AddReceipts(new Columns<Derived<ReceiptRow>>(parameters, receipts));
    }

    private static void AddStates(Columns<StateWrite> columns) => columns
        .Add(static write => write.Key.GrainIdHash)
        .Add(static write => write.Key.GrainIdN0)
        .Add(static write => write.Key.GrainIdN1)
        .Add(static write => write.Key.GrainTypeHash)
        .Add(static write => write.Key.GrainTypeString)
        .Add(static write => write.Key.GrainIdExtensionString)
        .Add(static write => write.ETag)
        .Add(static write => write.Payload);

    private static void AddWorkflows(Columns<Derived<CommitRows>> columns) => columns
        .Add(static row => row.Position)
        .Add(static row => row.WorkflowId)
        .Add(static row => row.Row.Workflow.Name)
        .Add(static row => WorkflowColumns.NameLower(row.Row.Workflow))
        .Add(static row => row.Row.Workflow.Status)
        .Add(static row => row.Row.Workflow.StatusNormalised)
        .Add(static row => (short?)row.Row.Workflow.Phase)
        .Add(static row => (short?)row.Row.Workflow.Outcome)
        .Add(static row => row.Row.Workflow.Attention)
        .Add(static row => WorkflowColumns.NodeTypesJson(row.Row.Workflow))
        .Add(static row => row.Row.Workflow.Version)
        .Add(static row => row.Row.Workflow.Seq)
        .Add(static row => row.Row.Workflow.FirstReceivedAt)
        .Add(static row => row.Row.Workflow.LastReceivedAt)
        .Add(static row => row.Row.Workflow.ChangedAt)
        .Add(static row => row.Row.MovesInOrders);

    private static void AddReceipts(Columns<Derived<ReceiptRow>> columns) => columns
        .Add(static row => row.Position)
        .Add(static row => row.Row.Id)
        .Add(static row => row.WorkflowId)
        .Add(static row => row.Row.Seq)
        .Add(static row => row.Row.ReceivedAt)
        .Add(static row => row.Row.Source)
        .Add(static row => (short)row.Row.Effect)
        .Add(static row => row.Row.Version)
        .Add(static row => row.Row.Vocabulary)
        .Add(static row => row.Row.Body)
        .Add(static row => ReceiptColumns.Changes(row.Row));

    /// <summary>A derived row with the position of the state row, from 1, without which it must not be written.</summary>
    private readonly record struct Derived<T>(long Position, string WorkflowId, T Row);

    /// <summary>Adds a parameter for each column of some rows. The typed array also types a column that is all null.</summary>
    private readonly struct Columns<TRow>(NpgsqlParameterCollection parameters, IReadOnlyList<TRow> rows)
    {
        public Columns<TRow> Add<TValue>(Func<TRow, TValue> column)
        {
            var values = new TValue[rows.Count];
            for (var i = 0; i < values.Length; i++)
                values[i] = column(rows[i]);

            parameters.Add(new NpgsqlParameter<TValue[]> { TypedValue = values });
            return this;
        }
    }
}

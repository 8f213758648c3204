using Npgsql;
using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Storage.GroupCommit;
using Orleans.Workflow.Storage.ReadModel;

namespace Orleans.Workflow.Storage.Postgres;

/// <summary>Lays a batch out as the columns that <see cref="CommitStatement"/> takes.</summary>
internal static class CommitParameters
{
    /// <summary>Sets the parameters of a batch; those of the batch before are used again.</summary>
    public static void Set(NpgsqlParameterCollection parameters, string serviceId, IReadOnlyList<StateWrite> writes)
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

        var slots = new Slots(parameters);
        slots.Set(serviceId);
        SetStates(new Columns<StateWrite>(slots, writes));
        SetWorkflows(new Columns<Derived<CommitRows>>(slots, workflows));
        SetReceipts(new Columns<Derived<ReceiptRow>>(slots, receipts));
    }

    private static void SetStates(Columns<StateWrite> columns) => columns
        .Set(static write => write.Key.GrainIdHash)
        .Set(static write => write.Key.GrainIdN0)
        .Set(static write => write.Key.GrainIdN1)
        .Set(static write => write.Key.GrainTypeHash)
        .Set(static write => write.Key.GrainTypeString)
        .Set(static write => write.Key.GrainIdExtensionString)
        .Set(static write => write.ETag)
        .Set(static write => write.Payload);

    private static void SetWorkflows(Columns<Derived<CommitRows>> columns) => columns
        .Set(static row => row.Position)
        .Set(static row => row.WorkflowId)
        .Set(static row => row.Row.Workflow.Name)
        .Set(static row => WorkflowColumns.NameLower(row.Row.Workflow))
        .Set(static row => row.Row.Workflow.Status)
        .Set(static row => row.Row.Workflow.StatusNormalised)
        .Set(static row => (short?)row.Row.Workflow.Phase)
        .Set(static row => (short?)row.Row.Workflow.Outcome)
        .Set(static row => row.Row.Workflow.Attention)
        .Set(static row => WorkflowColumns.NodeTypesJson(row.Row.Workflow))
        .Set(static row => row.Row.Workflow.Version)
        .Set(static row => row.Row.Workflow.Seq)
        .Set(static row => row.Row.Workflow.FirstReceivedAt)
        .Set(static row => row.Row.Workflow.LastReceivedAt)
        .Set(static row => row.Row.Workflow.ChangedAt)
        .Set(static row => row.Row.MovesInOrders);

    private static void SetReceipts(Columns<Derived<ReceiptRow>> columns) => columns
        .Set(static row => row.Position)
        .Set(static row => row.Row.Id)
        .Set(static row => row.WorkflowId)
        .Set(static row => row.Row.Seq)
        .Set(static row => row.Row.ReceivedAt)
        .Set(static row => row.Row.Source)
        .Set(static row => (short)row.Row.Effect)
        .Set(static row => row.Row.Version)
        .Set(static row => row.Row.Vocabulary)
        .Set(static row => row.Row.Body)
        .Set(static row => ReceiptColumns.Changes(row.Row))
        .Set(static row => (short)row.Row.Kind);

    /// <summary>A derived row with the position of the state row, from 1, without which it must not be written.</summary>
    private readonly record struct Derived<T>(long Position, string WorkflowId, T Row);

    /// <summary>Sets a parameter for each column of some rows. The typed array also types a column that is all null.</summary>
    private readonly struct Columns<TRow>(Slots slots, IReadOnlyList<TRow> rows)
    {
        public Columns<TRow> Set<TValue>(Func<TRow, TValue> column)
        {
            var values = new TValue[rows.Count];
            for (var i = 0; i < values.Length; i++)
                values[i] = column(rows[i]);

            slots.Set(values);
            return this;
        }
    }

    /// <summary>The parameters one after the other; they are made when they are set for the first time.</summary>
    private sealed class Slots(NpgsqlParameterCollection parameters)
    {
        private int _next;

        public void Set<T>(T value)
        {
            if (_next == parameters.Count)
                parameters.Add(new NpgsqlParameter<T>());

            ((NpgsqlParameter<T>)parameters[_next++]).TypedValue = value;
        }
    }
}

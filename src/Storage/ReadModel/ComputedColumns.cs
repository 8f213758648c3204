using Orleans.Workflow.Grains.Interfaces.Persistence;

namespace Orleans.Workflow.Storage.ReadModel;

/// <summary>
/// What columns hold that is computed from rows. Computed by whoever brings the rows: the lane that writes them works for all who wait.
/// </summary>
/// <param name="NameLower">The beginning of the workflow's name as it is ordered and looked up by.</param>
/// <param name="NodeTypes">The workflow's node types as JSON.</param>
/// <param name="Changes">What each receipt changed, as JSON in UTF-8; null if nothing changed.</param>
internal sealed record ComputedColumns(string NameLower, string NodeTypes, byte[]?[] Changes)
{
    /// <summary>Computes them.</summary>
    public static ComputedColumns Of(CommitRows rows)
    {
        var changes = new byte[]?[rows.Receipts.Length];
        for (var i = 0; i < changes.Length; i++)
            changes[i] = ReceiptColumns.Changes(rows.Receipts[i]);

        return new ComputedColumns(WorkflowColumns.NameLower(rows.Workflow), WorkflowColumns.NodeTypesJson(rows.Workflow), changes);
    }
}

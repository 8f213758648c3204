using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Storage.Queries;

/// <summary>
/// What columns hold that is computed from a commit. Computed by the grain that brings it: the thread that writes works
/// for all requests.
/// </summary>
/// <param name="StateCode">The workflow's <see cref="StateCodes"/>; null if it is not in the list, as the next
/// three.</param>
/// <param name="Word">The word of the vocabulary by which it is grouped; empty if it holds an unrecognised one.</param>
/// <param name="NameLower">The beginning of the workflow's name as it is ordered and looked up by.</param>
/// <param name="NodeTypes">The workflow's node types as JSON.</param>
/// <param name="Changes">What each receipt changed, as JSON in UTF-8; null if nothing changed.</param>
internal sealed record ComputedColumns(
    int? StateCode,
    string? Word,
    string? NameLower,
    string? NodeTypes,
    byte[]?[] Changes
)
{
    /// <summary>Computes them.</summary>
    public static ComputedColumns Of(WorkflowCommit commit)
    {
        var changes = new byte[]?[commit.Receipts.Length];
        for (var i = 0; i < changes.Length; i++)
            changes[i] = ReceiptColumns.Changes(commit.Receipts[i]);

        var workflow = commit.Workflow;
        return commit.IsListed
            ? new ComputedColumns(
                StateCodes.Of(workflow),
                WorkflowColumns.Word(workflow),
                WorkflowColumns.NameLower(workflow),
                WorkflowColumns.NodeTypesJson(workflow),
                changes
            )
            : new ComputedColumns(null, null, null, null, changes);
    }
}

using System.Text.Json;
using Orleans.Workflow.Grains.Interfaces.Persistence;

namespace Orleans.Workflow.Storage.ReadModel;

/// <summary>Columns of the table of workflows that are computed from a row.</summary>
internal static class WorkflowColumns
{
    /// <summary>The name as a prefix in any case is looked up.</summary>
    public static string NameLower(WorkflowRow row) => row.Name?.ToLowerInvariant() ?? string.Empty;

    /// <summary>The node types as a JSON array.</summary>
    public static string NodeTypesJson(WorkflowRow row) =>
        row.NodeTypes.IsEmpty ? "[]" : JsonSerializer.Serialize([.. row.NodeTypes], StorageJson.Default.StringArray);
}

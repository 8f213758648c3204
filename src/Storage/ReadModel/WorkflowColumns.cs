using System.Text.Json;
using Orleans.Workflow.Grains.Interfaces.Persistence;

namespace Orleans.Workflow.Storage.ReadModel;

/// <summary>Columns of the table of workflows that are computed from a row.</summary>
internal static class WorkflowColumns
{
    /// <summary>How much of a name is ordered and looked up by, in characters: an entry of an index has its limits.</summary>
    public const int IndexedName = 200;

    /// <summary>The beginning of the name as it is ordered and looked up by, in lower case.</summary>
    public static string NameLower(WorkflowRow row)
    {
        var name = row.Name ?? string.Empty;
        if (name.Length > IndexedName)
            name = name[..(char.IsHighSurrogate(name[IndexedName - 1]) ? IndexedName - 1 : IndexedName)];

        return name.ToLowerInvariant();
    }

    /// <summary>The node types as a JSON array.</summary>
    public static string NodeTypesJson(WorkflowRow row) =>
        row.NodeTypes.IsEmpty ? "[]" : JsonSerializer.Serialize([.. row.NodeTypes], StorageJson.Default.StringArray);
}

using System.Collections.Immutable;
using System.Data.Common;
using System.Text.Json;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Storage.Queries;

/// <summary>
/// Columns of the table of workflows: those that are computed from a row, and those that a row in the list is read
/// from.
/// </summary>
internal static class WorkflowColumns
{
    /// <summary>The columns, of the table <c>w</c>, that <see cref="ReadSummary"/> reads.</summary>
    public const string Summary =
        "w.workflow_id, w.name, w.status, w.phase, w.outcome, w.version, w.attention, w.node_types, "
        + "w.first_received_at, w.last_received_at, w.changed_at";

    /// <summary>
    /// How much of a name is ordered and looked up by, in characters: an entry of an index has its limits.
    /// </summary>
    public const int IndexedName = 200;

    /// <summary>The beginning of the name as it is ordered and looked up by, in lower case.</summary>
    public static string NameLower(WorkflowRow row) => NameLower(row.Name);

    /// <summary>The beginning of a name as it is ordered and looked up by, in lower case.</summary>
    public static string NameLower(string? name)
    {
        name ??= string.Empty;
        if (name.Length > IndexedName)
            name = name[..(char.IsHighSurrogate(name[IndexedName - 1]) ? IndexedName - 1 : IndexedName)];

        return name.ToLowerInvariant();
    }

    /// <summary>
    /// The word by which a workflow is grouped: its status, or nothing if any of its words is unrecognised. The words
    /// that senders make up add no groups.
    /// </summary>
    public static string Word(WorkflowRow row) =>
        (row.Attention & (1 << (int)AttentionReason.UnrecognisedStatus)) == 0
            ? row.StatusNormalised ?? string.Empty
            : string.Empty;

    /// <summary>The node types as a JSON array.</summary>
    public static string NodeTypesJson(WorkflowRow row) =>
        row.NodeTypes.IsEmpty ? "[]" : JsonSerializer.Serialize([.. row.NodeTypes], StorageJson.Default.StringArray);

    /// <summary>Reads a workflow in the list.</summary>
    /// <param name="reader">The row.</param>
    /// <param name="first">Where its columns begin.</param>
    public static WorkflowSummary ReadSummary(DbDataReader reader, int first = 0) =>
        new(
            reader.GetString(first),
            reader.Text(first + 1),
            reader.Text(first + 2),
            reader.Enum<WorkflowPhase>(first + 3),
            reader.Enum<WorkflowOutcome>(first + 4),
            reader.GetInt64(first + 5),
            ReadAttention(reader.GetInt32(first + 6)),
            [.. JsonSerializer.Deserialize(reader.GetString(first + 7), StorageJson.Default.StringArray)!],
            reader.Time(first + 8),
            reader.Time(first + 9),
            reader.Time(first + 10)
        );

    /// <summary>Reads the bits of the column <c>attention</c>.</summary>
    public static ImmutableArray<AttentionReason> ReadAttention(int bits) =>
        bits == 0 ? [] : [.. Enum.GetValues<AttentionReason>().Where(reason => (bits & (1 << (int)reason)) != 0)];
}

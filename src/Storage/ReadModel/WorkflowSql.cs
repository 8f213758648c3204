using System.Data.Common;

namespace Orleans.Workflow.Storage.ReadModel;

/// <summary>Writes the queries over the table of workflows.</summary>
internal static class WorkflowSql
{
    /// <summary>The columns that <see cref="ReadModel"/> reads of a workflow, and last the one it is ordered by.</summary>
    public const string Columns =
        "w.workflow_id, w.name, w.status, w.phase, w.outcome, w.version, w.attention, w.node_types, w.first_received_at, w.last_received_at, w.changed_at";

    private const string Changes = "workflow w";
    private const string Orders = "workflow_order o JOIN workflow w ON w.workflow_id = o.workflow_id";

    /// <summary>The query for a page and one more.</summary>
    public static void List(
        DbCommand command, ReadDialect dialect, WorkflowFilter filter, WorkflowSort sort, WorkflowPosition? after, int limit)
    {
        var (table, column, descending) = sort switch
        {
            WorkflowSort.ChangedAtDescending => ("w", "changed_at", true),
            WorkflowSort.ChangedAt => ("w", "changed_at", false),
            WorkflowSort.Name => ("o", "name_lower", false),
            WorkflowSort.FirstReceivedAt => ("o", "first_received_at", false),
            _ => throw new ArgumentOutOfRangeException(nameof(sort), sort, "Not an order."),
        };
        var conditions = Conditions(command, dialect, filter, table);
        if (after is not null)
        {
            conditions.Add($"({table}.{column}, {table}.workflow_id) {(descending ? "<" : ">")} (@after, @after_id)");
            command.Set("after", after.Value);
            command.Set("after_id", after.WorkflowId);
        }

        var direction = descending ? " DESC" : string.Empty;
        command.CommandText =
            $"SELECT {Columns}, {table}.{column} FROM {(table == "w" ? Changes : Orders)}{Where(conditions)} ORDER BY {table}.{column}{direction}, {table}.workflow_id{direction} LIMIT {limit + 1}";
    }

    /// <summary>The query for counts by group.</summary>
    public static void Count(DbCommand command, ReadDialect dialect, WorkflowFilter filter, WorkflowGrouping grouping)
    {
        var column = grouping switch
        {
            WorkflowGrouping.Phase => "phase",
            WorkflowGrouping.Status => "status_normalised",
            WorkflowGrouping.Outcome => "outcome",
            WorkflowGrouping.Name => "name",
            _ => throw new ArgumentOutOfRangeException(nameof(grouping), grouping, "Not a grouping."),
        };
        var where = Where(Conditions(command, dialect, filter, "w"));
        command.CommandText = $"SELECT {column}, count(*) FROM {Changes}{where} GROUP BY {column} ORDER BY 2 DESC, 1";
    }

    /// <summary>The conditions, on the table by which the page is ordered, where it has the column.</summary>
    private static List<string> Conditions(DbCommand command, ReadDialect dialect, WorkflowFilter filter, string table)
    {
        var conditions = new List<string>();

        // Numbers are part of the text, so that the planner sees which index serves, partial ones included.
        if (filter.Phase is { } phase)
            conditions.Add($"{table}.phase = {(int)phase}");

        if (filter.Outcome is { } outcome)
            conditions.Add($"{table}.outcome = {(int)outcome}");

        if (filter.Attention is { } attention)
            conditions.Add($"({table}.attention & {1 << (int)attention}) <> 0");

        Add($"{table}.status_normalised = @status", "status", filter.Status);
        Add(dialect.NodeTypeCondition, "node_type", filter.NodeType);
        Add("w.changed_at > @changed_after", "changed_after", filter.ChangedAfter?.ToUnixTimeMilliseconds());
        Add("w.changed_at < @changed_before", "changed_before", filter.ChangedBefore?.ToUnixTimeMilliseconds());

        // A range over the bytes, which an index serves in either database: nothing sorts behind the last code point.
        if (filter.NamePrefix?.ToLowerInvariant() is { Length: > 0 } prefix)
        {
            Add($"{table}.name_lower >= @name", "name", prefix);
            Add($"{table}.name_lower < @name_end", "name_end", prefix + "\U0010FFFF");
        }

        return conditions;

        void Add(string condition, string name, object? value)
        {
            if (value is null)
                return;

            conditions.Add(condition);
            command.Set(name, value);
        }
    }

    private static string Where(List<string> conditions) =>
        conditions.Count == 0 ? string.Empty : " WHERE " + string.Join(" AND ", conditions);
}

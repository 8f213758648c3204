using System.Data.Common;

namespace Orleans.Workflow.Storage.ReadModel;

/// <summary>Writes the queries over the table of workflows.</summary>
internal static class WorkflowSql
{
    /// <summary>The columns that <see cref="ReadModel"/> reads of a workflow, and last the one it is ordered by.</summary>
    private const string Columns =
        "workflow_id, name, status, phase, outcome, version, attention, node_types, first_received_at, last_received_at, changed_at";

    /// <summary>The query for a page and one more.</summary>
    public static void List(
        DbCommand command, ReadDialect dialect, WorkflowFilter filter, WorkflowSort sort, WorkflowPosition? after, int limit)
    {
        var (column, descending) = sort switch
        {
            WorkflowSort.ChangedAtDescending => ("changed_at", true),
            WorkflowSort.ChangedAt => ("changed_at", false),
            WorkflowSort.Name => ("name_lower", false),
            WorkflowSort.FirstReceivedAt => ("first_received_at", false),
            _ => throw new ArgumentOutOfRangeException(nameof(sort), sort, "Not an order."),
        };
        var conditions = Conditions(command, dialect, filter);
        if (after is not null)
        {
            conditions.Add($"({column}, workflow_id) {(descending ? "<" : ">")} (@after, @after_id)");
            command.Set("after", after.Value);
            command.Set("after_id", after.WorkflowId);
        }

        var direction = descending ? " DESC" : string.Empty;
        command.CommandText =
            $"SELECT {Columns}, {column} FROM workflow{Where(conditions)} ORDER BY {column}{direction}, workflow_id{direction} LIMIT {limit + 1}";
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
        var where = Where(Conditions(command, dialect, filter));
        command.CommandText = $"SELECT {column}, count(*) FROM workflow{where} GROUP BY {column} ORDER BY 2 DESC, 1";
    }

    private static List<string> Conditions(DbCommand command, ReadDialect dialect, WorkflowFilter filter)
    {
        var conditions = new List<string>();

        // Numbers are part of the text, so that the planner sees which index serves, partial ones included.
        if (filter.Phase is { } phase)
            conditions.Add($"phase = {(int)phase}");

        if (filter.Outcome is { } outcome)
            conditions.Add($"outcome = {(int)outcome}");

        if (filter.Attention is { } attention)
            conditions.Add($"(attention & {1 << (int)attention}) <> 0");

        Add("status_normalised = @status", "status", filter.Status);
        Add(dialect.NodeTypeCondition, "node_type", filter.NodeType);
        Add("changed_at > @changed_after", "changed_after", filter.ChangedAfter?.ToUnixTimeMilliseconds());
        Add("changed_at < @changed_before", "changed_before", filter.ChangedBefore?.ToUnixTimeMilliseconds());

        // A range over the bytes, which an index serves in either database: nothing sorts behind the last code point.
        if (filter.NamePrefix?.ToLowerInvariant() is { Length: > 0 } prefix)
        {
            Add("name_lower >= @name", "name", prefix);
            Add("name_lower < @name_end", "name_end", prefix + "\U0010FFFF");
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

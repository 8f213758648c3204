using System.Collections.Immutable;
using System.Data.Common;

namespace Orleans.Workflow.Storage.ReadModel;

/// <summary>Writes the queries over the table of workflows.</summary>
internal static class WorkflowSql
{
    private const string Changes = "workflow w";
    private const string Orders = "workflow_order o JOIN workflow w ON w.workflow_id = o.workflow_id";

    /// <summary>Whether the query for a page must know which standings have few of the names that are asked for.</summary>
    public static bool AsksForNames(WorkflowFilter filter, WorkflowSort sort) =>
        filter.NamePrefix is { Length: > 0 } && sort != WorkflowSort.Name && !Standing.Of(filter).IsEmpty;

    /// <summary>The query for how many workflows of each standing have the names that are asked for, counted up to a bound.</summary>
    public static void CountNames(DbCommand command, WorkflowFilter filter, int bound)
    {
        SetNames(command, filter);
        command.CommandText = string.Join(" UNION ALL ", Standing.Of(filter).Select(standing =>
            $"SELECT {standing}, count(*) FROM (SELECT 1 FROM workflow_order o WHERE {In("o", [standing])} AND {Named("o.name_lower")} LIMIT {bound}) AS of_{standing}"));
    }

    /// <summary>The query for a page and one more; the last column is the one it is ordered by.</summary>
    /// <param name="command">Takes the query.</param>
    /// <param name="dialect">Where the databases differ.</param>
    /// <param name="filter">Which workflows.</param>
    /// <param name="sort">In which order.</param>
    /// <param name="few">The standings that have some of the names, if <see cref="AsksForNames"/>, and whether they are few enough to be sorted.</param>
    /// <param name="after">Where the page begins; null for the first.</param>
    /// <param name="limit">How many.</param>
    public static void List(
        DbCommand command,
        ReadDialect dialect,
        WorkflowFilter filter,
        WorkflowSort sort,
        IReadOnlyDictionary<int, bool>? few,
        WorkflowPosition? after,
        int limit)
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

        // Checked along the order, the name is an expression: no index serves it, so none can seem better than the one by the order.
        if (SetNames(command, filter))
            conditions.Add(Named(few is null ? $"{table}.name_lower" : $"({table}.name_lower || '')"));

        var direction = descending ? " DESC" : string.Empty;
        var standings = Standing.Of(filter);
        if (few is not null)
            standings = [.. standings.Where(few.ContainsKey)];

        // An index by status or attention has the order within it; the one by standing has it within each, so their pages are merged.
        command.CommandText = standings.Length < 2 || (few is null && (filter.Status is not null || filter.Attention is not null))
            ? Page(standings)
            : $"SELECT * FROM ({string.Join(" UNION ALL ", standings.Select(standing => $"SELECT * FROM ({Page([standing])}) AS of_{standing}"))}) AS page ORDER BY place{direction}, workflow_id{direction} LIMIT {limit + 1}";

        string Page(ImmutableArray<int> standings)
        {
            var page = $"SELECT {WorkflowColumns.Summary}, {table}.{column} AS place FROM";
            var order = $"ORDER BY {table}.{column}{direction}, {table}.workflow_id{direction} LIMIT {limit + 1}";
            return few is not null && standings is [var one] && few[one]
                ? $"WITH o AS MATERIALIZED (SELECT * FROM workflow_order o WHERE {In("o", standings)} AND {Named("o.name_lower")}) {page} o JOIN workflow w ON w.workflow_id = o.workflow_id{Where(conditions)} {order}"
                : $"{page} {(table == "w" ? Changes : Orders)}{Where([.. conditions, In(table, standings)])} {order}";
        }
    }

    /// <summary>The query for counts by group.</summary>
    public static void Count(DbCommand command, ReadDialect dialect, WorkflowFilter filter, WorkflowGrouping grouping)
    {
        var column = grouping switch
        {
            WorkflowGrouping.Phase => Standing.PhaseColumn,
            WorkflowGrouping.Status => "status_normalised",
            WorkflowGrouping.Outcome => Standing.OutcomeColumn,
            WorkflowGrouping.Name => "name",
            _ => throw new ArgumentOutOfRangeException(nameof(grouping), grouping, "Not a grouping."),
        };
        var conditions = Conditions(command, dialect, filter, "w");
        if (filter.Phase is not null || filter.Outcome is not null || filter.SilentSince is not null)
            conditions.Add(In("w", Standing.Of(filter)));

        if (SetNames(command, filter))
            conditions.Add(Named("w.name_lower"));

        command.CommandText = $"SELECT {column}, count(*) FROM {Changes}{Where(conditions)} GROUP BY 1 ORDER BY 2 DESC, 1";
    }

    /// <summary>The condition that a workflow has one of some standings. Numbers in the text show the planner which index serves.</summary>
    private static string In(string table, ImmutableArray<int> standings) => standings switch
    {
        [] => "1 = 0",
        [var one] => $"{table}.standing = {one}",
        _ => $"{table}.standing IN ({string.Join(", ", standings)})",
    };

    /// <summary>Sets the parameters of <see cref="Named"/>, if names are asked for.</summary>
    private static bool SetNames(DbCommand command, WorkflowFilter filter)
    {
        if (filter.NamePrefix?.ToLowerInvariant() is not { Length: > 0 } prefix)
            return false;

        command.Set("name", prefix);
        command.Set("name_end", prefix + "\U0010FFFF");
        return true;
    }

    /// <summary>
    /// The condition that a name begins as is asked for: a range over the bytes, which an index serves in either database. Nothing sorts
    /// behind the last code point.
    /// </summary>
    private static string Named(string name) => $"{name} >= @name AND {name} < @name_end";

    /// <summary>The conditions but those of the standing and the name, on the table by which the page is ordered, where it has the column.</summary>
    private static List<string> Conditions(DbCommand command, ReadDialect dialect, WorkflowFilter filter, string table)
    {
        var conditions = new List<string>();

        // In the text too, for the partial indexes.
        if (filter.Attention is { } attention)
            conditions.Add($"({table}.attention & {1 << (int)attention}) <> 0");

        Add($"{table}.status_normalised = @status", "status", filter.Status);
        Add(dialect.NodeTypeCondition, "node_type", filter.NodeType);
        Add("w.changed_at > @changed_after", "changed_after", filter.ChangedAfter?.ToUnixTimeMilliseconds());
        Add("w.changed_at < @changed_before", "changed_before", filter.ChangedBefore?.ToUnixTimeMilliseconds());

        // Nothing was received means that nothing changed: the time of change leads to them by an index, and the time of the last
        // receipt, which moves with each one and has none, decides.
        Add("w.changed_at < @silent_since AND w.last_received_at < @silent_since", "silent_since", filter.SilentSince?.ToUnixTimeMilliseconds());

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

using System.Collections.Immutable;
using System.Data.Common;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Storage.ReadModel;

/// <summary>Writes the queries over the table of workflows.</summary>
internal static class WorkflowSql
{
    private const string Changes = "workflow w";
    private const string Orders = "workflow_order o JOIN workflow w ON w.workflow_id = o.workflow_id";

    /// <summary>Whether a page is merged from those of groups; if not, it goes along an index by attention.</summary>
    public static bool AsksForGroups(WorkflowFilter filter, WorkflowSort sort) =>
        filter.WorkflowId is null
        && (filter.Attention is null || AsksForNames(filter, sort) || filter is { Attention: AttentionReason.UnrecognisedStatus, Status: not null });

    /// <summary>Whether the query for a page must know which groups have few of the names that are asked for.</summary>
    public static bool AsksForNames(WorkflowFilter filter, WorkflowSort sort) => filter.WorkflowId is null && filter.NamePrefix is { Length: > 0 } && sort != WorkflowSort.Name;

    /// <summary>The query for how many workflows of each group have the names that are asked for, counted up to a bound: the number of the group, and how many.</summary>
    public static void CountNames(DbCommand command, WorkflowFilter filter, IReadOnlyList<WorkflowGroup> groups, int bound)
    {
        SetNames(command, filter);
        command.CommandText = WorkflowGroup.Union(groups.Select((group, number) =>
            $"SELECT {number}, count(*) FROM (SELECT 1 FROM workflow_order o WHERE {group.Condition(command, "o", number)} AND {Named("o.name_lower")} LIMIT {bound}) AS named"));
    }

    /// <summary>The query for a page and one more; the last column is the one it is ordered by.</summary>
    /// <param name="command">Takes the query.</param>
    /// <param name="dialect">Where the databases differ.</param>
    /// <param name="filter">Which workflows.</param>
    /// <param name="sort">In which order.</param>
    /// <param name="groups">The groups that may hold them, one at least; null unless <see cref="AsksForGroups"/>.</param>
    /// <param name="few">The groups that have some of the names, if <see cref="AsksForNames"/>, and whether they are few enough to be sorted.</param>
    /// <param name="after">Where the page begins; null for the first.</param>
    /// <param name="limit">How many.</param>
    public static void List(
        DbCommand command,
        ReadDialect dialect,
        WorkflowFilter filter,
        WorkflowSort sort,
        IReadOnlyList<WorkflowGroup>? groups,
        IReadOnlyDictionary<WorkflowGroup, bool>? few,
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

        if (SetNames(command, filter))
            conditions.Add(few is null ? Named($"{table}.name_lower") : NamedAlong($"{table}.name_lower"));

        var direction = descending ? " DESC" : string.Empty;
        var (page, order) = ($"SELECT {WorkflowColumns.Summary}, {table}.{column} AS place FROM", $"{table}.{column}{direction}, {table}.workflow_id{direction} LIMIT {limit + 1}");
        if (groups is null)
        {
            // Checked along the order, the standing is an expression too.
            AddStatus(command, filter, table, conditions);
            conditions.Add(In($"({table}.standing + 0)", Standing.Of(filter)));
            command.CommandText = $"{page} {(table == "w" ? Changes : Orders)}{Where(conditions)} ORDER BY {order}";
            return;
        }

        // An index has the order within each group.
        command.CommandText = groups is [var only]
            ? Page(only, 0)
            : $"SELECT * FROM ({WorkflowGroup.Union(groups.Select(Page))}) AS page ORDER BY place{direction}, workflow_id{direction} LIMIT {limit + 1}";

        string Page(WorkflowGroup group, int number)
        {
            if (few is not null && few[group])
                return $"WITH o AS MATERIALIZED (SELECT * FROM workflow_order o WHERE {group.Condition(command, "o", number)} AND {Named("o.name_lower")}) {page} o JOIN workflow w ON w.workflow_id = o.workflow_id{Where(conditions)} ORDER BY {order}";

            return $"{page} {(table == "w" ? Changes : Orders)}{Where([.. conditions, group.Condition(command, table, number)])} ORDER BY {order}";
        }
    }

    /// <summary>The query for counts by group: its key, how many are in it, and on each row how many there are in all groups and how many groups.</summary>
    /// <param name="command">Takes the query.</param>
    /// <param name="dialect">Where the databases differ.</param>
    /// <param name="filter">Which workflows.</param>
    /// <param name="grouping">By what.</param>
    /// <param name="limit">How many groups.</param>
    /// <param name="max">Of how many workflows, and one more; null for all.</param>
    public static void Count(DbCommand command, ReadDialect dialect, WorkflowFilter filter, WorkflowGrouping grouping, int limit, int? max)
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
        AddStatus(command, filter, "w", conditions);
        conditions.Add(In("w.standing", Standing.Of(filter)));

        if (SetNames(command, filter))
            conditions.Add(Named("w.name_lower"));

        command.CommandText =
            $"""
            SELECT shared, count(*), CAST(sum(count(*)) OVER () AS bigint), count(*) OVER ()
            FROM (SELECT {column} AS shared FROM {Changes}{Where(conditions)}{(max is null ? null : $" LIMIT {max + 1}")}) AS counted
            GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {limit}
            """;
    }

    /// <summary>The condition that a workflow has one of some standings. Numbers in the text show the planner which index serves.</summary>
    private static string In(string standing, ImmutableArray<int> standings) =>
        standings.IsEmpty ? "1 = 0" : $"{standing} IN ({string.Join(", ", standings)})";

    /// <summary>Sets the parameters of <see cref="Named"/> and <see cref="NamedAlong"/>, if names are asked for.</summary>
    private static bool SetNames(DbCommand command, WorkflowFilter filter)
    {
        if (filter.NamePrefix?.ToLowerInvariant() is not { Length: > 0 } prefix)
            return false;

        command.Set("name", prefix);
        command.Set("name_end", prefix + "\U0010FFFF");
        command.Set("name_length", prefix.EnumerateRunes().Count());
        return true;
    }

    /// <summary>
    /// The condition that a name begins as is asked for: a range over the bytes, which an index serves in either database. Nothing sorts
    /// behind the last code point.
    /// </summary>
    private static string Named(string name) => $"{name} >= @name AND {name} < @name_end";

    /// <summary>The same, to be checked along an order: of an expression, which no index serves, so that none can seem better than the one by the order.</summary>
    private static string NamedAlong(string name) => $"substr({name}, 1, @name_length) = @name";

    private static void AddStatus(DbCommand command, WorkflowFilter filter, string table, List<string> conditions)
    {
        if (filter.Status is not { } status)
            return;

        conditions.Add($"{table}.status_normalised = @status");
        command.Set("status", status);
    }

    /// <summary>The conditions but those of the standing, the status and the name, on the table by which the page is ordered, where it has the column.</summary>
    private static List<string> Conditions(DbCommand command, ReadDialect dialect, WorkflowFilter filter, string table)
    {
        var conditions = new List<string>();

        // In the text too, for the partial indexes.
        if (filter.Attention is { } attention)
            conditions.Add($"({table}.attention & {1 << (int)attention}) <> 0");

        Add($"{table}.workflow_id = @workflow_id", "workflow_id", filter.WorkflowId);
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

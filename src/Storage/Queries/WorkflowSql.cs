using System.Collections.Immutable;
using System.Data.Common;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Operators;

namespace Orleans.Workflow.Storage.Queries;

/// <summary>Writes the queries over the table of workflows.</summary>
internal static class WorkflowSql
{
    /// <summary>Whether a page is merged from those of groups; if not, it goes along an index by attention.</summary>
    public static bool AsksForGroups(WorkflowFilter filter, WorkflowSort sort) =>
        filter.WorkflowId is null
        && (
            filter.Attention is null
            || AsksForNames(filter, sort)
            || filter is { Attention: AttentionReason.UnrecognisedStatus, Status: not null }
        );

    /// <summary>Whether the query for a page must know which groups have few of the names that are asked for.</summary>
    public static bool AsksForNames(WorkflowFilter filter, WorkflowSort sort) =>
        filter.WorkflowId is null && filter.NamePrefix is { Length: > 0 } && sort != WorkflowSort.Name;

    /// <summary>
    /// The query for how many workflows of each group have the names that are asked for, counted up to a bound: the
    /// number of the group, and how many.
    /// </summary>
    public static void CountNames(
        DbCommand command,
        WorkflowFilter filter,
        IReadOnlyList<WorkflowGroup> groups,
        int bound
    )
    {
        SetNames(command, filter);
        command.CommandText = WorkflowGroup.Union(
            groups.Select(
                (group, number) =>
                    $"SELECT {number}, count(*) FROM (SELECT 1 FROM workflow w "
                    + $"WHERE {group.Condition(command, "w", number)} AND {Named} LIMIT {bound}) AS named"
            )
        );
    }

    /// <summary>The query for a page and one more; the last column is the one it is ordered by.</summary>
    /// <param name="command">Takes the query.</param>
    /// <param name="dialect">Where the databases differ.</param>
    /// <param name="filter">Which workflows.</param>
    /// <param name="sort">In which order.</param>
    /// <param name="groups">The groups that may hold them, one at least; null unless
    /// <see cref="AsksForGroups"/>.</param>
    /// <param name="few">The groups that have some of the names, if <see cref="AsksForNames"/>, and whether they are
    /// few enough to be sorted.</param>
    /// <param name="after">Where the page begins; null for the first.</param>
    /// <param name="limit">How many.</param>
    /// <param name="backwards">Whether the rows come in the reverse order, from the one before <paramref name="after"/>
    /// on.</param>
    public static void List(
        DbCommand command,
        ReadDialect dialect,
        WorkflowFilter filter,
        WorkflowSort sort,
        IReadOnlyList<WorkflowGroup>? groups,
        IReadOnlyDictionary<WorkflowGroup, bool>? few,
        WorkflowPosition? after,
        int limit,
        bool backwards = false
    )
    {
        var (column, sortDescending) = sort switch
        {
            WorkflowSort.ChangedAtDescending => ("changed_at", true),
            WorkflowSort.ChangedAt => ("changed_at", false),
            WorkflowSort.Name => ("name_lower", false),
            WorkflowSort.FirstReceivedAt => ("first_received_at", false),
            _ => throw new ArgumentOutOfRangeException(nameof(sort), sort, "Not an order."),
        };
        var descending = sortDescending != backwards;
        var conditions = Conditions(command, dialect, filter);
        if (after is not null)
        {
            conditions.Add($"(w.{column}, w.key) {(descending ? "<" : ">")} (@after, @after_key)");
            command.Set("after", after.Value);
            command.Set("after_key", GrainKeys.Workflow(after.WorkflowId));
        }

        if (SetNames(command, filter))
            conditions.Add(few is null ? Named : NamedAlong);

        var direction = descending ? " DESC" : string.Empty;
        var page = $"SELECT {WorkflowColumns.Summary}, w.{column} AS place, w.key, w.name_lower FROM";
        var order = $"w.{column}{direction}, w.key{direction} LIMIT {limit + 1}";
        if (groups is null)
        {
            // Checked along the order, the code is an expression too.
            AddStatus(command, filter, conditions);
            conditions.Add(In("(w.state_code + 0)", StateCodes.Of(filter)));
            command.CommandText = $"{page} workflow w{Where(conditions)} ORDER BY {order}";
            return;
        }

        // An index has the order within each group.
        command.CommandText = groups is [var only]
            ? Page(only, 0)
            : $"SELECT * FROM ({WorkflowGroup.Union(groups.Select(Page))}) AS page ORDER BY place{direction}, "
                + $"key{direction} LIMIT {limit + 1}";

        string Page(WorkflowGroup group, int number)
        {
            var ofGroup = group.Condition(command, "w", number);
            return few is not null && few[group]
                ? $"WITH named AS MATERIALIZED (SELECT * FROM workflow w WHERE {ofGroup} AND {Named}) "
                    + $"{page} named w{Where(conditions)} ORDER BY {order}"
                : $"{page} workflow w{Where([.. conditions, ofGroup])} ORDER BY {order}";
        }
    }

    /// <summary>
    /// The query for those of the latest workflows that have a text within their name or id.
    /// </summary>
    /// <param name="command">Takes the query.</param>
    /// <param name="dialect">Where the databases differ.</param>
    /// <param name="filter">Which workflows.</param>
    /// <param name="groups">The groups that may hold them; null unless <see cref="AsksForGroups"/>.</param>
    /// <param name="text">The text.</param>
    /// <param name="latest">Among how many.</param>
    /// <param name="limit">How many.</param>
    public static void Search(
        DbCommand command,
        ReadDialect dialect,
        WorkflowFilter filter,
        IReadOnlyList<WorkflowGroup>? groups,
        string text,
        int latest,
        int limit
    )
    {
        List(command, dialect, filter, WorkflowSort.ChangedAtDescending, groups, null, null, latest - 1);
        var pattern = text.ToLowerInvariant()
            .Replace("!", "!!", StringComparison.Ordinal)
            .Replace("%", "!%", StringComparison.Ordinal)
            .Replace("_", "!_", StringComparison.Ordinal);
        command.Set("pattern", $"%{pattern}%");
        command.CommandText = $"""
            SELECT * FROM ({command.CommandText}) AS latest
            WHERE name_lower LIKE @pattern ESCAPE '!' OR lower(workflow_id) LIKE @pattern ESCAPE '!'
            ORDER BY place DESC, key DESC LIMIT {limit}
            """;
    }

    /// <summary>
    /// The query for counts by group: its key, how many are in it, and on each row how many there are in all groups and
    /// how many groups.
    /// </summary>
    /// <param name="command">Takes the query.</param>
    /// <param name="dialect">Where the databases differ.</param>
    /// <param name="filter">Which workflows.</param>
    /// <param name="grouping">By what.</param>
    /// <param name="limit">How many groups.</param>
    /// <param name="max">Of how many workflows, and one more; null for all.</param>
    public static void Count(
        DbCommand command,
        ReadDialect dialect,
        WorkflowFilter filter,
        WorkflowGrouping grouping,
        int limit,
        int? max
    )
    {
        var column = grouping switch
        {
            WorkflowGrouping.Phase => "phase",
            WorkflowGrouping.Status => "status_normalised",
            WorkflowGrouping.Outcome => "outcome",
            WorkflowGrouping.Name => "name",
            _ => throw new ArgumentOutOfRangeException(nameof(grouping), grouping, "Not a grouping."),
        };
        var conditions = Conditions(command, dialect, filter);
        AddStatus(command, filter, conditions);
        conditions.Add(In("w.state_code", StateCodes.Of(filter)));

        if (SetNames(command, filter))
            conditions.Add(Named);

        command.CommandText = $"""
            SELECT shared, count(*), CAST(sum(count(*)) OVER () AS bigint), count(*) OVER ()
            FROM (SELECT {column} AS shared FROM workflow w{Where(conditions)}{(
                max is null ? null : $" LIMIT {max + 1}"
            )}) AS counted
            GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {limit}
            """;
    }

    /// <summary>
    /// The condition that a workflow has one of some codes. Numbers in the text show the planner which index
    /// serves.
    /// </summary>
    private static string In(string code, ImmutableArray<int> codes) =>
        codes.IsEmpty ? "1 = 0" : $"{code} IN ({string.Join(", ", codes)})";

    /// <summary>
    /// Sets the parameters of <see cref="Named"/> and <see cref="NamedAlong"/>, if names are asked for.
    /// </summary>
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
    /// The condition that a name begins as is asked for: a range over the bytes, which an index serves in either
    /// database. Nothing sorts behind the last code point.
    /// </summary>
    private const string Named = "w.name_lower >= @name AND w.name_lower < @name_end";

    /// <summary>
    /// The same, to be checked along an order: of an expression, which no index serves, so that none can seem better
    /// than the one by the order.
    /// </summary>
    private const string NamedAlong = "substr(w.name_lower, 1, @name_length) = @name";

    private static void AddStatus(DbCommand command, WorkflowFilter filter, List<string> conditions)
    {
        if (filter.Status is not { } status)
            return;

        conditions.Add("w.status_normalised = @status");
        command.Set("status", status);
    }

    /// <summary>The conditions but those of the state code, the status and the name.</summary>
    private static List<string> Conditions(DbCommand command, ReadDialect dialect, WorkflowFilter filter)
    {
        var conditions = new List<string>();

        // In the text too, for the partial indexes.
        if (filter.Attention is { } attention)
            conditions.Add($"(w.attention & {1 << (int)attention}) <> 0");

        Add($"({SqlAttentionReviews.Left}) <> 0", "reviewed_at", filter.UnreviewedAt?.ToUnixTimeMilliseconds());
        Add("w.key = @key", "key", filter.WorkflowId is { } id ? GrainKeys.Workflow(id) : null);
        Add(dialect.NodeTypeCondition, "node_type", filter.NodeType);
        Add("w.changed_at > @changed_after", "changed_after", filter.ChangedAfter?.ToUnixTimeMilliseconds());
        Add("w.changed_at < @changed_before", "changed_before", filter.ChangedBefore?.ToUnixTimeMilliseconds());

        // Nothing was received means that nothing changed: the time of change leads to them by an index, and the time
        // of the last receipt, which moves with each one and has none, decides.
        Add(
            "w.changed_at < @silent_since AND w.last_received_at < @silent_since",
            "silent_since",
            filter.SilentSince?.ToUnixTimeMilliseconds()
        );

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

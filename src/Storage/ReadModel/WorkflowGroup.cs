using System.Collections.Immutable;
using System.Data.Common;

namespace Orleans.Workflow.Storage.ReadModel;

/// <summary>
/// The workflows of one standing and status. Within them an index has an order, so that one index for each order serves the list alone and
/// by phase, outcome or status: a page is merged from those of its groups. There are as many as the vendor has words for a status.
/// </summary>
/// <param name="Standing">The <see cref="ReadModel.Standing"/>.</param>
/// <param name="Status">The status as it is looked up; null if none is known.</param>
internal readonly record struct WorkflowGroup(int Standing, string? Status)
{
    // SQLite takes 500 at most.
    private const int MostInOneUnion = 100;

    /// <summary>The groups that may hold what a filter asks for, as far as it says so itself; null if they must be looked for.</summary>
    public static IReadOnlyList<WorkflowGroup>? Of(WorkflowFilter filter) => (ReadModel.Standing.Of(filter), filter.Status) switch
    {
        ([], _) => [],
        (var standings, { } status) => [.. standings.Select(standing => new WorkflowGroup(standing, status))],
        _ => null,
    };

    /// <summary>The query for the groups of some standings that there are: it skips from one status to the next.</summary>
    public static string Find(ImmutableArray<int> standings) =>
        $"""
        WITH RECURSIVE known (standing) AS (VALUES {string.Join(", ", standings.Select(static standing => $"({standing})"))}),
        found (standing, status) AS (
          SELECT standing, (
            SELECT w.status_normalised FROM workflow w
            WHERE w.standing = known.standing AND w.status_normalised IS NOT NULL ORDER BY w.status_normalised LIMIT 1)
          FROM known
          UNION ALL
          SELECT standing, (
            SELECT w.status_normalised FROM workflow w
            WHERE w.standing = found.standing AND w.status_normalised > found.status ORDER BY w.status_normalised LIMIT 1)
          FROM found WHERE status IS NOT NULL
        )
        SELECT standing, status FROM found WHERE status IS NOT NULL
        UNION ALL
        SELECT standing, NULL FROM known
        WHERE (SELECT 1 FROM workflow w WHERE w.standing = known.standing AND w.status_normalised IS NULL LIMIT 1) IS NOT NULL
        """;

    /// <summary>Reads a row of <see cref="Find"/>.</summary>
    public static WorkflowGroup Read(DbDataReader reader) => new(reader.GetInt32(0), reader.Text(1));

    /// <summary>One query from a query for each group.</summary>
    public static string Union(IEnumerable<string> queries) => string.Join(" UNION ALL ", queries.Chunk(MostInOneUnion).Select(static (part, number) =>
        $"SELECT * FROM ({string.Join(" UNION ALL ", part.Select(static (query, group) => $"SELECT * FROM ({query}) AS of_{group}"))}) AS part_{number}"));

    /// <summary>The condition that a workflow is in the group.</summary>
    /// <param name="command">Takes the status as a parameter.</param>
    /// <param name="table">The table or its alias.</param>
    /// <param name="number">The group's number in the command.</param>
    public string Condition(DbCommand command, string table, int number)
    {
        // A number in the text shows the planner which index serves.
        if (Status is null)
            return $"{table}.standing = {Standing} AND {table}.status_normalised IS NULL";

        command.Set($"status_{number}", Status);
        return $"{table}.standing = {Standing} AND {table}.status_normalised = @status_{number}";
    }

    /// <summary>The order within the group, before anything else. Only of an equal value does every planner know that it orders nothing.</summary>
    public string Order(string table, string direction) => Status is null ? $"{table}.status_normalised{direction}, " : string.Empty;
}

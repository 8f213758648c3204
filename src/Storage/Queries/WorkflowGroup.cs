using System.Collections.Immutable;
using System.Data.Common;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Storage.Queries;

/// <summary>
/// A part of the list that one index has in each order. A page is merged from those of its groups: of one code and
/// one word of the vocabulary, and for each code one of all workflows that hold an unrecognised word. The words
/// that senders make up add none.
/// </summary>
/// <param name="StateCode">The <see cref="Queries.StateCodes"/>.</param>
/// <param name="Word">The status as it is looked up; empty for all workflows with an unrecognised word.</param>
/// <param name="OfUnrecognised">Whether it is, of the workflows with an unrecognised word, those of one status.</param>
internal readonly record struct WorkflowGroup(int StateCode, string Word, bool OfUnrecognised = false)
{
    // In the text of queries and of partial indexes.
    private const string IsUnrecognised = "attention & 4) <> 0";

    // SQLite takes 500 at most.
    private const int MaxInOneUnion = 100;

    /// <summary>
    /// The groups that may hold what a filter asks for, as far as it says so itself; null if they must be looked for.
    /// </summary>
    public static IReadOnlyList<WorkflowGroup>? Of(WorkflowFilter filter)
    {
        var codes = Queries.StateCodes.Of(filter);
        if (codes.IsEmpty)
            return [];

        if (filter.Status is not { } status)
            return null;

        var unrecognised = codes.Select(code => new WorkflowGroup(code, status, OfUnrecognised: true));
        return filter.Attention == AttentionReason.UnrecognisedStatus
            ? [.. unrecognised]
            : [.. codes.Select(code => new WorkflowGroup(code, status)), .. unrecognised];
    }

    /// <summary>
    /// The query for the groups of some codes that there are: it skips from one word to the next.
    /// </summary>
    public static string Find(ImmutableArray<int> codes) =>
        $"""
            WITH RECURSIVE known (state_code) AS (VALUES {string.Join(
                ", ",
                codes.Select(static code => $"({code})")
            )}),
            found (state_code, word) AS (
              SELECT state_code, (
                SELECT word FROM workflow w WHERE w.state_code = known.state_code ORDER BY word LIMIT 1)
              FROM known
              UNION ALL
              SELECT state_code, (
                SELECT w.word FROM workflow w
                WHERE w.state_code = found.state_code AND w.word > found.word ORDER BY w.word LIMIT 1)
              FROM found WHERE word IS NOT NULL
            )
            SELECT state_code, word FROM found WHERE word IS NOT NULL
            """;

    /// <summary>Reads a row of <see cref="Find"/>.</summary>
    public static WorkflowGroup Read(DbDataReader reader) => new(reader.GetInt32(0), reader.GetString(1));

    /// <summary>One query from a query for each group.</summary>
    public static string Union(IEnumerable<string> queries) =>
        string.Join(
            " UNION ALL ",
            queries
                .Chunk(MaxInOneUnion)
                .Select(
                    static (part, number) =>
                    {
                        var all = part.Select(static (query, group) => $"SELECT * FROM ({query}) AS of_{group}");
                        return $"SELECT * FROM ({string.Join(" UNION ALL ", all)}) AS part_{number}";
                    }
                )
        );

    /// <summary>The condition that a workflow is in the group.</summary>
    /// <param name="command">Takes the word as a parameter.</param>
    /// <param name="table">The table or its alias.</param>
    /// <param name="number">The group's number in the command.</param>
    public string Condition(DbCommand command, string table, int number)
    {
        command.Set($"word_{number}", Word);

        // A number in the text shows the planner which index serves.
        return OfUnrecognised
            ? $"{table}.status_normalised = @word_{number} AND {table}.state_code = {StateCode} AND "
                + $"({table}.{IsUnrecognised}"
            : $"{table}.state_code = {StateCode} AND {table}.word = @word_{number}";
    }
}

using System.Data.Common;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Storage.Feed;

/// <summary>The log of changes: the table of receipts, and the last change that was removed of each workflow.</summary>
/// <param name="dataSource">The database.</param>
/// <param name="dialect">Where it differs.</param>
internal sealed class SqlChangeLog(DbDataSource dataSource, ReadDialect dialect)
    : SqlPositionLog<Change>(dataSource, dialect, Table)
{
    /// <summary>How many receipts of a workflow one query looks at: most of them may have changed nothing.</summary>
    private const int Window = 1000;

    private static readonly LogTable Table = new(
        "receipt",
        Horizon: "change_horizon",
        BeginsAfter: "e.begins_after",
        LatestTrimmed: "(SELECT max(position) FROM change_trimmed)",
        TrimmedId: "(SELECT receipt_id FROM change_trimmed WHERE position = @after)",
        Revision: "0"
    );

    /// <inheritdoc/>
    /// <remarks>
    /// Positions ascend with the receipts of a workflow, so it looks for the first one backwards, a window at a time.
    /// An index by workflow and position would make every change pay for what few readers ask.
    /// </remarks>
    public override async Task<long> FindSeq(string workflowId, long position, CancellationToken cancellationToken)
    {
        if (position == 0)
            return 0;

        var before = long.MaxValue;
        while (true)
        {
            var window = await DataSource.ReadFirst(
                $"""
                SELECT count(*), coalesce(min(seq), 0), max(CASE WHEN position <= @position THEN seq END)
                FROM (
                  SELECT seq, position FROM receipt WHERE workflow_id = @workflow_id AND seq < @before
                  ORDER BY seq DESC LIMIT {Window}
                ) AS r
                """,
                static reader => (Count: reader.GetInt64(0), First: reader.GetInt64(1), Found: reader.Number(2)),
                cancellationToken,
                ("workflow_id", workflowId),
                ("before", before),
                ("position", position)
            );
            if (window.Found is { } found)
                return found;

            if (window.Count < Window)
                return 0;

            before = window.First;
        }
    }

    /// <summary>
    /// The changes, and in their places the last that was removed of each workflow. All is cut down, in number and in
    /// bytes, before anything is joined to it, so that the cost of a page is known.
    /// </summary>
    protected override string Entries(LogQuery query)
    {
        var isOfWorkflow = query.WorkflowId is not null;
        var workflow = isOfWorkflow ? "workflow_id = @workflow_id AND " : string.Empty;
        var range = isOfWorkflow ? "seq > @after_seq AND seq <= @through_seq AND " : string.Empty;
        var order = isOfWorkflow ? "seq" : "position";
        var (changes, size) =
            query.Detail >= LogDetail.Content
                ? ("changes", $"coalesce({Dialect.ChangesSize}, 0)")
                : ("CAST(NULL AS text)", "0");
        var (summary, join) =
            query.Detail >= LogDetail.Workflow
                ? (
                    $", {WorkflowColumns.Summary}",
                    $"LEFT JOIN workflow w ON w.key = '{GrainKeys.WorkflowPrefix}' || r.workflow_id"
                )
                : (string.Empty, string.Empty);
        return $"""
            SELECT {ReceiptColumns.Transitions}, r.position, r.effect, r.workflow_id, r.trimmed, r.size{summary}
            FROM (
              SELECT page.*,
                sum(size) OVER (ORDER BY position ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS sum_of_size
              FROM (
                SELECT * FROM (
                  SELECT id, workflow_id, seq, received_at, effect, version, {changes} AS changes, position,
                    0 AS trimmed, {size} AS size
                  FROM receipt WHERE {workflow}{range}position > @after AND position <= @up_to
                  ORDER BY {order} LIMIT {query.Limit}
                ) AS kept
                UNION ALL
                SELECT * FROM (
                  SELECT receipt_id AS id, workflow_id, seq, received_at, effect, version, CAST(NULL AS text), position,
                    1, 0
                  FROM change_trimmed WHERE {workflow}position > @after AND position <= @up_to
                  ORDER BY position LIMIT {query.Limit}
                ) AS removed
                ORDER BY position LIMIT {query.Limit}
              ) AS page
            ) AS r
            {join}
            WHERE r.sum_of_size - r.size < @size
            ORDER BY r.position
            """;
    }

    /// <summary>The last of the next receipts of a workflow that are looked at, and how many they are.</summary>
    protected override async Task<LogWindow?> FindWindow(
        DbConnection connection,
        LogQuery query,
        CancellationToken cancellationToken
    )
    {
        if (query.WorkflowId is null)
            return null;

        await using var command = connection.CreateCommand();
        command.CommandText = $"""
            SELECT coalesce(max(seq), @after_seq), count(*)
            FROM (
              SELECT seq FROM receipt WHERE workflow_id = @workflow_id AND seq > @after_seq ORDER BY seq LIMIT {Window}
            ) AS r
            """;
        command.Set("workflow_id", query.WorkflowId);
        command.Set("after_seq", query.AfterSeq);
        var (seq, count) = (
            await command.ReadAll(static reader => (reader.GetInt64(0), reader.GetInt64(1)), cancellationToken)
        )[0];
        return new LogWindow(seq, MayHaveMore: count == Window);
    }

    /// <inheritdoc/>
    protected override LogRow<Change> ReadRow(DbDataReader reader, LogDetail detail) =>
        new(ReadChange(reader, detail), Size: reader.GetInt64(9), Seq: reader.GetInt64(0));

    private Change ReadChange(DbDataReader reader, LogDetail detail)
    {
        var isTrimmed = reader.GetInt64(8) != 0;
        var hasTransitions = detail >= LogDetail.Content && !isTrimmed;
        return new Change(
            reader.GetInt64(5),
            reader.GetString(7),
            reader.GetInt64(1),
            Dialect.ReadId(reader, 3),
            reader.Time(2),
            (ReceiptEffect)reader.GetInt32(6),
            hasTransitions ? [.. ReceiptColumns.ReadTransitions(reader, Dialect)] : [],
            detail >= LogDetail.Workflow && !reader.IsDBNull(10) ? WorkflowColumns.ReadSummary(reader, 10) : null,
            isTrimmed
        );
    }
}

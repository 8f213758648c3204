using System.Data.Common;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Storage.Feed;

/// <summary>A row of the table of facts in the feed.</summary>
/// <param name="Position">Its place among all facts, in the order of acceptance; not without gaps.</param>
/// <param name="ReceiptId">The receipt.</param>
/// <param name="WorkflowId">The workflow; empty if the vendor names none.</param>
/// <param name="IsShown">Whether readers get it: it is no repeat, and its workflow is not deleted.</param>
/// <param name="Fact">The fact; null if only places were asked for, or if it is not shown.</param>
/// <param name="Workflow">
/// The workflow's row in the list when this was read. Null unless asked for, and where there is none.
/// </param>
public sealed record LoggedFact(
    long Position,
    Guid ReceiptId,
    string WorkflowId,
    bool IsShown,
    FactSummary? Fact,
    WorkflowSummary? Workflow
) : ILogEntry;

/// <summary>
/// The log of facts: all rows of their table. Repeats have positions too; left out here, each of them would be a gap,
/// for whose transaction a follower asks.
/// </summary>
/// <param name="dataSource">The database.</param>
/// <param name="dialect">Where it differs.</param>
internal sealed class SqlFactLog(DbDataSource dataSource, ReadDialect dialect)
    : SqlPositionLog<LoggedFact>(dataSource, dialect, Table)
{
    private const int FirstOfFact = 4,
        Body = FirstOfFact + 10,
        FirstOfWorkflow = Body + 1;

    // Of facts that were removed for their age no record is kept: of a position before the last of them, nothing says
    // what is missing after it. A reader that asks for all that is kept misses nothing. Facts that went with their
    // workflow are not shown in any case.
    private static readonly LogTable Table = new(
        "fact",
        Horizon: "fact_horizon",
        BeginsAfter: "CASE WHEN @after = 0 THEN 0 ELSE h.position END",
        LatestTrimmed: "h.removed",
        TrimmedId: "CASE WHEN h.removed = @after THEN h.receipt_id END",
        Revision: "h.revision"
    );

    /// <inheritdoc/>
    protected override string Entries(LogQuery query)
    {
        var (range, order) = query.WorkflowId is null
            ? ("position > @after AND position <= @up_to", "position")
            : (Dialect.FactsAfter, "workflow_id, position");
        var (size, body) =
            query.Detail >= LogDetail.Content
                ? ("CASE WHEN shown <> 0 THEN length(body) ELSE 0 END", ", CASE WHEN r.shown <> 0 THEN r.body END")
                : ("0", string.Empty);
        var (summary, join) =
            query.Detail >= LogDetail.Workflow
                ? (
                    $", {WorkflowColumns.Summary}",
                    $"LEFT JOIN workflow w ON w.key = '{GrainKeys.WorkflowPrefix}' || r.workflow_id"
                )
                : (string.Empty, string.Empty);

        // The revision is read with the bodies, at the same moment: read after them it could be that of an erasure
        // which they are from before.
        return $"""
            SELECT r.position, r.shown, r.size, r.revision,
              r.{SqlFactQueries.SummaryColumns.Replace(", ", ", r.", StringComparison.Ordinal)}{body}{summary}
            FROM (
              SELECT sized.*,
                sum(size) OVER (ORDER BY position ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS sum_of_size
              FROM (
                SELECT page.*, {size} AS size
                FROM (
                  SELECT fact.*, (SELECT revision FROM fact_horizon LIMIT 1) AS revision,
                    CASE WHEN effect <> {(int)ReceiptEffect.Duplicate} AND {SqlFactQueries.IsShown} THEN 1 ELSE 0 END
                      AS shown
                  FROM fact WHERE {range} ORDER BY {order} LIMIT {query.Limit}
                ) AS page
              ) AS sized
            ) AS r
            {join}
            WHERE r.sum_of_size - r.size < @size
            ORDER BY r.position
            """;
    }

    /// <inheritdoc/>
    protected override LogRow<LoggedFact> ReadRow(DbDataReader reader, LogDetail detail)
    {
        var isShown = reader.GetInt32(1) != 0;
        var workflowId = reader.GetString(FirstOfFact + 2);
        return new LogRow<LoggedFact>(
            new LoggedFact(
                reader.GetInt64(0),
                Dialect.ReadId(reader, FirstOfFact),
                workflowId,
                isShown,
                isShown && detail >= LogDetail.Content
                    ? SqlFactQueries.ReadSummary(reader, FirstOfFact, Dialect, reader.GetFieldValue<byte[]>(Body))
                    : null,
                isShown && detail >= LogDetail.Workflow && !reader.IsDBNull(FirstOfWorkflow)
                    ? WorkflowColumns.ReadSummary(reader, FirstOfWorkflow)
                    : null
            ),
            Size: reader.GetInt64(2),
            Revision: reader.GetInt64(3)
        );
    }
}

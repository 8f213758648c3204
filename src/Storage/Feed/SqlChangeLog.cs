using System.Collections.Immutable;
using System.Data.Common;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Postgres;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Storage.Feed;

/// <summary>The log of changes: the table of receipts, and the last change that was removed of each workflow.</summary>
/// <param name="dataSource">The database.</param>
/// <param name="dialect">Where it differs.</param>
internal sealed class SqlChangeLog(DbDataSource dataSource, ReadDialect dialect) : IChangeLog
{
    /// <summary>How many receipts of a workflow one query looks at: most of them may have changed nothing.</summary>
    private const int Window = 1000;

    /// <summary>The history, with the receipt at the position @after.</summary>
    private readonly string _historyQuery = HistoryQuery(dialect, confirmation: "NULL");

    /// <summary>The same, which waits until the changes after @after are confirmed, if there are any.</summary>
    private readonly string _confirmedHistoryQuery = HistoryQuery(
        dialect,
        $"CASE WHEN EXISTS (SELECT 1 FROM receipt WHERE position > @after) THEN {dialect.Confirmation} END"
    );

    private static string HistoryQuery(ReadDialect dialect, string confirmation) =>
        $"""
            SELECT e.id, {dialect.History}, e.first_history, e.begins_after, h.position,
              (SELECT max(position) FROM receipt WHERE position IS NOT NULL),
              (SELECT max(position) FROM change_trimmed),
              (SELECT id FROM receipt WHERE position IS NOT NULL ORDER BY position DESC LIMIT 1),
              (SELECT id FROM receipt WHERE position = @after),
              (SELECT receipt_id FROM change_trimmed WHERE position = @after),
              {confirmation}
            FROM (SELECT * FROM change_epoch LIMIT 1) AS e CROSS JOIN (SELECT * FROM change_horizon LIMIT 1) AS h
            """;

    /// <inheritdoc/>
    /// <remarks>
    /// The history is read after the changes and in the same session: they are of that history. So is the commit that
    /// confirms them.
    /// </remarks>
    public async Task<ChangePage> Read(ChangeQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var confirmation = StandbyConfirmation.Of(connection);
        var (seq, scanned) = query.WorkflowId is null ? (0, 0) : await FindWindow(connection, query, cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = $"{Changes(query)};\n{_confirmedHistoryQuery}";
        command.Set("after", query.After);
        command.Set("up_to", query.UpTo);
        command.Set("size", (long)query.Size);
        if (query.WorkflowId is not null)
        {
            command.Set("workflow_id", query.WorkflowId);
            command.Set("after_seq", query.AfterSeq);
            command.Set("through_seq", seq);
        }

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var items = ImmutableArray.CreateBuilder<Change>();
        var (size, last) = (0L, query.AfterSeq);
        while (await reader.ReadAsync(cancellationToken))
        {
            items.Add(ReadChange(reader, query.Detail));
            size += reader.GetInt64(9);
            last = reader.GetInt64(0);
        }

        await reader.NextResultAsync(cancellationToken);
        var history = await ReadHistory(reader, cancellationToken);
        if (confirmation is not null)
            await confirmation.ReadEnd(reader, cancellationToken);

        var isCut = items.Count == query.Limit || size >= query.Size;
        var end =
            isCut || scanned == Window
                ? items.Count > 0
                    ? items[^1].Position
                    : query.After
                : query.UpTo;
        return new ChangePage(history, items.DrainToImmutable(), end, isCut ? last : seq);
    }

    /// <inheritdoc/>
    public async Task<ChangeHistory> ReadHistory(long position, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = _historyQuery;
        command.Set("after", position);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await ReadHistory(reader, cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Positions ascend with the receipts of a workflow, so it looks for the first one backwards, a window at a time.
    /// An index by workflow and position would make every change pay for what few readers ask.
    /// </remarks>
    public async Task<long> FindSeq(string workflowId, long position, CancellationToken cancellationToken)
    {
        if (position == 0)
            return 0;

        var before = long.MaxValue;
        while (true)
        {
            var window = await dataSource.ReadFirst(
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

    /// <inheritdoc/>
    /// <remarks>
    /// A transaction that inserts into a table of PostgreSQL holds its lock ROW EXCLUSIVE from before the first row
    /// until it has ended and can be seen by others. Unlike the snapshot's oldest transaction, this does not depend on
    /// what else happens in the server.
    /// </remarks>
    public async Task<ImmutableArray<string>> FindWriters(CancellationToken cancellationToken)
    {
        if (dialect.WritersQuery is not { } query)
            return [];

        return [.. await dataSource.ReadAll(query, static reader => reader.GetString(0), cancellationToken)];
    }

    /// <summary>
    /// The changes, and in their places the last that was removed of each workflow. All is cut down, in number and in
    /// bytes, before anything is joined to it, so that the cost of a page is known.
    /// </summary>
    private string Changes(ChangeQuery query)
    {
        var isOfWorkflow = query.WorkflowId is not null;
        var workflow = isOfWorkflow ? "workflow_id = @workflow_id AND " : string.Empty;
        var range = isOfWorkflow ? "seq > @after_seq AND seq <= @through_seq AND " : string.Empty;
        var order = isOfWorkflow ? "seq" : "position";
        var (changes, size) =
            query.Detail >= ChangeDetail.Transitions
                ? ("changes", $"coalesce({dialect.ChangesSize}, 0)")
                : ("CAST(NULL AS text)", "0");
        var (summary, join) =
            query.Detail >= ChangeDetail.Workflow
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
    private static async Task<(long Seq, long Count)> FindWindow(
        DbConnection connection,
        ChangeQuery query,
        CancellationToken cancellationToken
    )
    {
        await using var command = connection.CreateCommand();
        command.CommandText = $"""
            SELECT coalesce(max(seq), @after_seq), count(*)
            FROM (
              SELECT seq FROM receipt WHERE workflow_id = @workflow_id AND seq > @after_seq ORDER BY seq LIMIT {Window}
            ) AS r
            """;
        command.Set("workflow_id", query.WorkflowId);
        command.Set("after_seq", query.AfterSeq);
        return (await command.ReadAll(static reader => (reader.GetInt64(0), reader.GetInt64(1)), cancellationToken))[0];
    }

    private async Task<ChangeHistory> ReadHistory(DbDataReader reader, CancellationToken cancellationToken)
    {
        await reader.ReadAsync(cancellationToken);
        var identity = $"{reader.GetString(0)}/{reader.GetString(1)}";
        var (horizon, kept, trimmed) = (reader.GetInt64(4), reader.Number(5) ?? 0, reader.Number(6) ?? 0);
        return new ChangeHistory(
            ChangePosition.EpochOf(identity),
            IsFirst: identity == reader.GetString(2),
            BeginsAfter: reader.GetInt64(3),
            Latest: Math.Max(horizon, Math.Max(kept, trimmed)),
            LatestTrimmed: trimmed,
            LatestId: kept >= Math.Max(horizon, trimmed) ? Id(7) : null,
            FoundId: Id(8) ?? Id(9)
        );

        Guid? Id(int column) => reader.IsDBNull(column) ? null : dialect.ReadId(reader, column);
    }

    private Change ReadChange(DbDataReader reader, ChangeDetail detail)
    {
        var isTrimmed = reader.GetInt64(8) != 0;
        var hasTransitions = detail >= ChangeDetail.Transitions && !isTrimmed;
        return new Change(
            reader.GetInt64(5),
            reader.GetString(7),
            reader.GetInt64(1),
            dialect.ReadId(reader, 3),
            reader.Time(2),
            (ReceiptEffect)reader.GetInt32(6),
            hasTransitions ? [.. ReceiptColumns.ReadTransitions(reader, dialect)] : [],
            detail >= ChangeDetail.Workflow && !reader.IsDBNull(10) ? WorkflowColumns.ReadSummary(reader, 10) : null,
            isTrimmed
        );
    }
}

using System.Collections.Immutable;
using System.Data.Common;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Operators;

namespace Orleans.Workflow.Storage.Queries;

/// <summary>
/// What people look at rather than services: what came lately, and where an id that is half known belongs. In SQL that
/// both databases understand.
/// </summary>
/// <param name="dataSource">The database.</param>
/// <param name="dialect">Where it differs.</param>
public sealed class ConsoleQueries(DbDataSource dataSource, ReadDialect dialect)
{
    private const long Minute = 60_000;

    /// <summary>How many facts of a workflow <see cref="CountEntries"/> reads at most.</summary>
    public const int MaxFacts = 500_000;

    /// <summary>
    /// Counts all workflows by what they stand at, and by the attention that nobody has put aside. Reads every row of
    /// the list: keep the answer for a while.
    /// </summary>
    /// <remarks>Every state code is 0 or more; said so, SQLite counts from an index.</remarks>
    public async Task<ImmutableArray<StateCount>> CountByState(
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        [
            .. await dataSource.ReadWhole(
                dialect.ReadingWhole,
                command =>
                    command.Write(
                        $"SELECT phase, outcome, {SqlAttentionReviews.Left}, count(*) FROM workflow w "
                            + "WHERE state_code >= 0 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
                        [("reviewed_at", now.ToUnixTimeMilliseconds())]
                    ),
                static reader => new StateCount(
                    reader.Enum<WorkflowPhase>(0),
                    reader.Enum<WorkflowOutcome>(1),
                    WorkflowColumns.ReadAttention(reader.GetInt32(2)),
                    reader.GetInt64(3)
                ),
                cancellationToken
            ),
        ];

    /// <summary>
    /// Counts the receipts of a time, by minute, source and effect. Costs as much as there are such receipts, however
    /// many are stored: ids of receipts are ordered by time.
    /// </summary>
    /// <param name="since">From when on, in whole milliseconds.</param>
    /// <param name="until">Before when, in whole milliseconds; null for all that follow.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<ImmutableArray<ReceiptCount>> CountReceipts(
        DateTimeOffset since,
        DateTimeOffset? until,
        CancellationToken cancellationToken
    ) =>
        [
            .. await dataSource.ReadAll(
                $"""
                SELECT received_at / {Minute}, source, effect, count(*), max(received_at) FROM receipt
                WHERE id >= @first AND id < @end AND kind = 0 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
                """,
                static reader => new ReceiptCount(
                    DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(0) * Minute),
                    reader.GetString(1),
                    (ReceiptEffect)reader.GetInt32(2),
                    reader.GetInt64(3),
                    reader.Time(4)
                ),
                cancellationToken,
                ("first", dialect.WriteId(FirstIdOf(since))),
                ("end", dialect.WriteId(until is { } end ? FirstIdOf(end) : Guid.AllBitsSet))
            ),
        ];

    /// <summary>
    /// Counts the entries of a workflow's list that its facts name. Reads the facts: keep the answer for a while.
    /// </summary>
    public async Task<EntryCounts> CountEntries(string workflowId, CancellationToken cancellationToken) =>
        (
            await dataSource.ReadAll(
                command => WriteEntries(command, workflowId),
                static reader => new EntryCounts(
                    reader.GetInt64(0),
                    reader.GetInt64(1),
                    reader.GetInt64(2),
                    reader.GetInt64(3) <= MaxFacts && reader.GetInt32(4) == 0
                ),
                cancellationToken
            )
        ).Single();

    /// <summary>Writes the query for the entries of a workflow's list.</summary>
    internal static void WriteEntries(DbCommand command, string workflowId)
    {
        command.CommandText = """
            SELECT coalesce(CAST(sum(completed) AS bigint), 0), coalesce(CAST(sum(reported) AS bigint), 0), count(*),
              coalesce(CAST(sum(facts) AS bigint), 0),
              CASE WHEN EXISTS (SELECT 1 FROM fact_baseline WHERE workflow_id = @workflow_id) THEN 1 ELSE 0 END
            FROM
              (SELECT count(*) AS facts, max(CASE WHEN kind = @completion THEN 1 ELSE 0 END) AS completed,
                 max(CASE WHEN kind <> @completion THEN 1 ELSE 0 END) AS reported
               FROM (SELECT case_hash, kind FROM fact WHERE workflow_id = @workflow_id AND case_hash IS NOT NULL
                     LIMIT @limit) f
               GROUP BY case_hash) e
            """;
        command.Set("workflow_id", workflowId);
        command.Set("completion", (int)FactKind.ListCompletion);
        command.Set("limit", MaxFacts + 1);
    }

    /// <summary>The receipts of a workflow, the latest first.</summary>
    /// <param name="workflowId">The workflow.</param>
    /// <param name="before">Those with a lower sequence number; null for the latest of all.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<Page<ReceiptSummary, ReceiptPosition>> LatestReceipts(
        string workflowId,
        ReceiptPosition? before,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var rows = await dataSource.ReadAll(
            $"SELECT {SqlReadModel.SummaryColumns} FROM receipt WHERE workflow_id = @workflow_id AND seq < "
                + "@before ORDER BY seq DESC LIMIT @limit",
            reader => SqlReadModel.ReadReceipt(reader, dialect),
            cancellationToken,
            ("workflow_id", workflowId),
            ("before", before?.Seq ?? long.MaxValue),
            ("limit", limit + 1)
        );
        return rows.Count <= limit
            ? new Page<ReceiptSummary, ReceiptPosition>([.. rows], null)
            : new Page<ReceiptSummary, ReceiptPosition>(
                [.. rows.Take(limit)],
                new ReceiptPosition(rows[limit - 1].Seq)
            );
    }

    /// <summary>
    /// The latest transitions of a workflow, oldest first; of a receipt that has more, its last ones.
    /// </summary>
    public async Task<ImmutableArray<TransitionSummary>> LatestTransitions(
        string workflowId,
        int limit,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = $"""
            SELECT {ReceiptColumns.Transitions} FROM receipt r
            WHERE workflow_id = @workflow_id AND changes IS NOT NULL
            ORDER BY seq DESC LIMIT @limit
            """;
        command.Set("workflow_id", workflowId);
        command.Set("limit", limit);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);

        // A row holds at least one transition, and may hold thousands: no more rows are read than are needed.
        var latestFirst = new List<TransitionSummary>();
        while (latestFirst.Count < limit && await reader.ReadAsync(cancellationToken))
            latestFirst.AddRange(ReceiptColumns.ReadTransitions(reader, dialect).Reverse());

        return [.. latestFirst.Take(limit).Reverse()];
    }

    /// <summary>
    /// The changes of a workflow's own status, oldest first. Looks at its oldest receipts, so many at most.
    /// </summary>
    /// <param name="workflowId">The workflow.</param>
    /// <param name="before">Those with a lower sequence number.</param>
    /// <param name="receipts">How many receipts are looked at, and how many changes are given, at most.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public async Task<StatusHistory> OldestStatusChanges(
        string workflowId,
        long before,
        int receipts,
        CancellationToken cancellationToken
    )
    {
        // The fold puts the workflow's own status before its nodes, so the beginning of a row tells whether it is
        // there. The members of a transition are written in their order and left out if null: only a transition of the
        // workflow itself has is_task beside its kind.
        var rows = await dataSource.ReadAll(
            $"""
            SELECT {ReceiptColumns.Transitions} FROM
              (SELECT * FROM receipt WHERE workflow_id = @workflow_id AND seq < @before ORDER BY seq LIMIT @receipts) r
            WHERE substr(CAST(changes AS text), 1, 2000) LIKE '%"kind":"status_changed","is_task"%'
               OR substr(CAST(changes AS text), 1, 2000) LIKE '%"kind":"contested","is_task"%'
            ORDER BY seq
            """,
            reader =>
                ReceiptColumns
                    .ReadTransitions(reader, dialect)
                    .Where(static change => change is { Subject.NodetaskId: null, To.Phase: not null })
                    .ToList(),
            cancellationToken,
            ("workflow_id", workflowId),
            ("before", before),
            ("receipts", receipts)
        );
        var firstLeftOut = await dataSource.ReadFirst(
            """
            SELECT received_at FROM receipt WHERE workflow_id = @workflow_id AND seq < @before
            ORDER BY seq LIMIT 1 OFFSET @receipts
            """,
            static reader => (DateTimeOffset?)reader.Time(0),
            cancellationToken,
            ("workflow_id", workflowId),
            ("before", before),
            ("receipts", receipts)
        );
        return new StatusHistory([.. rows.SelectMany(static changes => changes)], firstLeftOut);
    }

    /// <summary>The workflows whose ids begin with a text, ascending by id.</summary>
    public async Task<ImmutableArray<WorkflowSummary>> FindByIdPrefix(
        string prefix,
        int limit,
        CancellationToken cancellationToken
    ) =>
        [
            .. await dataSource.ReadAll(
                // A range over the bytes, which the index by key serves in either database: nothing sorts behind the
                // last code point.
                $"SELECT {WorkflowColumns.Summary} FROM workflow w WHERE key >= @first AND key < @end ORDER BY "
                    + "key LIMIT @limit",
                static reader => WorkflowColumns.ReadSummary(reader),
                cancellationToken,
                ("first", GrainKeys.WorkflowPrefix + prefix),
                ("end", GrainKeys.WorkflowPrefix + prefix + "\U0010FFFF"),
                ("limit", limit)
            ),
        ];

    /// <summary>
    /// The smallest id that a receipt of a time can have: a UUIDv7 begins with its Unix milliseconds, in 48 bits.
    /// </summary>
    internal static Guid FirstIdOf(DateTimeOffset time) =>
        new(
            (int)(time.ToUnixTimeMilliseconds() >> 16),
            (short)time.ToUnixTimeMilliseconds(),
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0
        );
}

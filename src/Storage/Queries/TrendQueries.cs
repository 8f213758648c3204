using System.Collections.Immutable;
using System.Data.Common;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Storage.Queries;

/// <summary>What happened lately, in numbers, in SQL that both databases understand.</summary>
/// <param name="dataSource">The database.</param>
/// <param name="dialect">Where it differs.</param>
public sealed class TrendQueries(DbDataSource dataSource, ReadDialect dialect)
{
    /// <summary>How many receipts <see cref="CountMoves"/> reads at most.</summary>
    public const int MaxReceipts = 50_000;

    private const long Hour = 3_600_000;
    private const long Minute = 60_000;

    /// <summary>
    /// Counts the workflows that have ended by the hour of their last change and their outcome. Reads the index of
    /// those that have ended: keep the answer for a while.
    /// </summary>
    public async Task<ImmutableArray<EndedCount>> CountEnded(
        DateTimeOffset since,
        CancellationToken cancellationToken
    ) =>
        [
            .. await dataSource.ReadAll(
                $"""
                SELECT changed_at / {Hour}, state_code, count(*) FROM workflow
                WHERE state_code IN (3, 4, 5) AND changed_at >= @since GROUP BY 1, 2 ORDER BY 1, 2
                """,
                static reader => new EndedCount(
                    DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(0) * Hour),
                    (WorkflowOutcome)(reader.GetInt32(1) - 3),
                    reader.GetInt64(2)
                ),
                cancellationToken,
                ("since", since.ToUnixTimeMilliseconds())
            ),
        ];

    /// <summary>
    /// Counts the changes of workflows' own statuses within a time, by minute and what they were from and to.
    /// </summary>
    /// <param name="since">From when on, in whole milliseconds.</param>
    /// <param name="until">Before when, in whole milliseconds; null for all that follow.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The counts, and whether they are of all changes: of more than <see cref="MaxReceipts"/> receipts only
    /// the latest are read.</returns>
    public async Task<(ImmutableArray<MoveCount> Counts, bool AreAll)> CountMoves(
        DateTimeOffset since,
        DateTimeOffset? until,
        CancellationToken cancellationToken
    )
    {
        // As in ConsoleQueries.OldestStatusChanges: the fold puts the workflow's own status first, and only a
        // transition of the workflow itself has is_task beside its kind.
        var rows = await dataSource.ReadAll(
            $"""
            SELECT {ReceiptColumns.Transitions} FROM receipt r
            WHERE id >= @first AND id < @end AND kind = 0 AND changes IS NOT NULL
              AND (substr(CAST(changes AS text), 1, 2000) LIKE '%"kind":"status_changed","is_task"%'
                OR substr(CAST(changes AS text), 1, 2000) LIKE '%"kind":"contested","is_task"%')
            ORDER BY id DESC LIMIT {MaxReceipts + 1}
            """,
            reader =>
                ReceiptColumns
                    .ReadTransitions(reader, dialect)
                    .FirstOrDefault(static change => change is { Subject.NodetaskId: null, To.Phase: not null }),
            cancellationToken,
            ("first", dialect.WriteId(ConsoleQueries.FirstIdOf(since))),
            ("end", dialect.WriteId(until is { } end ? ConsoleQueries.FirstIdOf(end) : Guid.AllBitsSet))
        );
        return (
            [
                .. rows.OfType<TransitionSummary>()
                    .Where(static change => change.From != change.To)
                    .GroupBy(static change => (At: MinuteOf(change.At), change.From, To: change.To!))
                    .Select(static same => new MoveCount(
                        same.Key.At,
                        same.Key.From,
                        same.Key.To,
                        same.LongCount(),
                        same.Max(static change => change.At)
                    )),
            ],
            rows.Count <= MaxReceipts
        );
    }

    private static DateTimeOffset MinuteOf(DateTimeOffset at) =>
        DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds() / Minute * Minute);
}

/// <summary>Workflows that have ended and changed last within an hour.</summary>
/// <param name="Hour">The beginning of the hour.</param>
/// <param name="Outcome">Their outcome.</param>
/// <param name="Count">How many.</param>
public sealed record EndedCount(DateTimeOffset Hour, WorkflowOutcome Outcome, long Count);

/// <summary>Changes of workflows' own statuses within a minute.</summary>
/// <param name="Minute">The beginning of the minute.</param>
/// <param name="From">What they were; null if nothing was known.</param>
/// <param name="To">What they became.</param>
/// <param name="Count">How many.</param>
/// <param name="Latest">When the latest was received.</param>
public sealed record MoveCount(
    DateTimeOffset Minute,
    StatusValueSummary? From,
    StatusValueSummary To,
    long Count,
    DateTimeOffset Latest
);

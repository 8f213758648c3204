using System.Collections.Immutable;
using System.Data.Common;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Storage.ReadModel;

/// <summary>What came lately, in SQL that both databases understand.</summary>
internal sealed class SqlActivity(DbDataSource dataSource, ReadDialect dialect) : IActivity
{
    private const long Minute = 60_000;

    /// <inheritdoc/>
    /// <remarks>Every standing is 0 or more; said so, SQLite counts from an index.</remarks>
    public async Task<ImmutableArray<StandingCount>> CountStandings(CancellationToken cancellationToken) =>
    [
        .. await dataSource.ReadWhole(
            dialect.ReadingWhole,
            static command => command.CommandText = $"SELECT {Standing.PhaseColumn}, {Standing.OutcomeColumn}, attention, count(*) FROM workflow WHERE standing >= 0 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
            static reader => new StandingCount(
                reader.Enum<WorkflowPhase>(0),
                reader.Enum<WorkflowOutcome>(1),
                WorkflowColumns.ReadAttention(reader.GetInt32(2)),
                reader.GetInt64(3)),
            cancellationToken),
    ];

    /// <inheritdoc/>
    public async Task<ImmutableArray<ReceiptCount>> CountReceipts(DateTimeOffset since, DateTimeOffset? until, CancellationToken cancellationToken) =>
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
                reader.Time(4)),
            cancellationToken,
            ("first", dialect.WriteId(FirstIdOf(since))),
            ("end", dialect.WriteId(until is { } end ? FirstIdOf(end) : Guid.AllBitsSet))),
    ];

    /// <inheritdoc/>
    public async Task<Page<ReceiptSummary, ReceiptPosition>> LatestReceipts(
        string workflowId, ReceiptPosition? before, int limit, CancellationToken cancellationToken)
    {
        var rows = await dataSource.ReadAll(
            $"SELECT {SqlReadModel.SummaryColumns} FROM receipt WHERE workflow_id = @workflow_id AND seq < @before ORDER BY seq DESC LIMIT @limit",
            reader => SqlReadModel.ReadReceipt(reader, dialect),
            cancellationToken,
            ("workflow_id", workflowId),
            ("before", before?.Seq ?? long.MaxValue),
            ("limit", limit + 1));
        return rows.Count <= limit
            ? new Page<ReceiptSummary, ReceiptPosition>([.. rows], null)
            : new Page<ReceiptSummary, ReceiptPosition>([.. rows.Take(limit)], new ReceiptPosition(rows[limit - 1].Seq));
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<WorkflowSummary>> FindByIdPrefix(string prefix, int limit, CancellationToken cancellationToken) =>
    [
        .. await dataSource.ReadAll(
            // A range over the bytes, which the primary key serves in either database: nothing sorts behind the last code point.
            $"SELECT {WorkflowColumns.Summary} FROM workflow w WHERE workflow_id >= @first AND workflow_id < @end ORDER BY workflow_id LIMIT @limit",
            static reader => WorkflowColumns.ReadSummary(reader),
            cancellationToken,
            ("first", prefix),
            ("end", prefix + "\U0010FFFF"),
            ("limit", limit)),
    ];

    /// <summary>The smallest id that a receipt of a time can have: a UUIDv7 begins with its Unix milliseconds, in 48 bits.</summary>
    private static Guid FirstIdOf(DateTimeOffset time) =>
        new((int)(time.ToUnixTimeMilliseconds() >> 16), (short)time.ToUnixTimeMilliseconds(), 0, 0, 0, 0, 0, 0, 0, 0, 0);
}

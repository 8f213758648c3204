using System.Collections.Immutable;
using System.Data.Common;
using Orleans.Workflow.Storage.Postgres;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Storage.Feed;

/// <summary>Where a log is stored, as SQL. The horizon is <c>h</c>, the epoch <c>e</c>, the position asked for
/// <c>@after</c>.</summary>
/// <param name="Name">The table of the entries.</param>
/// <param name="Horizon">The table of one row with the highest position that was removed.</param>
/// <param name="BeginsAfter">Whatever was removed after this position left a record.</param>
/// <param name="LatestTrimmed">The highest position that was removed and left a record.</param>
/// <param name="TrimmedId">The receipt in the record of the position.</param>
/// <param name="Revision">See <see cref="LogHistory.Revision"/>.</param>
internal sealed record LogTable(
    string Name,
    string Horizon,
    string BeginsAfter,
    string LatestTrimmed,
    string TrimmedId,
    string Revision
);

/// <summary>The receipts of a workflow that one query looks at.</summary>
/// <param name="Seq">The last of them.</param>
/// <param name="MayHaveMore">Whether there may be others after it.</param>
internal sealed record LogWindow(long Seq, bool MayHaveMore);

/// <summary>A row as it was read.</summary>
/// <param name="Entry">The entry.</param>
/// <param name="Size">How many bytes of it are stored.</param>
/// <param name="Seq">Its receipt's place in its workflow; 0 if it has none.</param>
/// <param name="Revision">See <see cref="LogHistory.Revision"/>.</param>
internal readonly record struct LogRow<T>(T Entry, long Size, long Seq = 0, long Revision = 0);

/// <summary>What the logs have in common: their history, and who writes them.</summary>
/// <param name="dataSource">The database.</param>
/// <param name="dialect">Where it differs.</param>
/// <param name="table">Where the log is.</param>
internal abstract class SqlPositionLog<T>(DbDataSource dataSource, ReadDialect dialect, LogTable table)
    : IPositionLog<T>
    where T : ILogEntry
{
    /// <summary>The history, with the receipt at the position @after.</summary>
    private readonly string _historyQuery = HistoryQuery(table, dialect, confirmation: "NULL");

    /// <summary>The same, which waits until the entries after @after are confirmed, if there are any.</summary>
    private readonly string _confirmedHistoryQuery = HistoryQuery(
        table,
        dialect,
        $"CASE WHEN EXISTS (SELECT 1 FROM {table.Name} WHERE position > @after) THEN {dialect.Confirmation} END"
    );

    /// <summary>The database.</summary>
    protected DbDataSource DataSource => dataSource;

    /// <summary>Where it differs.</summary>
    protected ReadDialect Dialect => dialect;

    /// <inheritdoc/>
    /// <remarks>
    /// The history is read after the entries and in the same session: they are of that history. So is the commit that
    /// confirms them.
    /// </remarks>
    public async Task<LogPage<T>> Read(LogQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var confirmation = StandbyConfirmation.Of(connection);
        var window = await FindWindow(connection, query, cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = $"{Entries(query)};\n{_confirmedHistoryQuery}";
        command.Set("after", query.After);
        command.Set("up_to", query.UpTo);
        command.Set("size", (long)query.Size);
        if (query.WorkflowId is not null)
            command.Set("workflow_id", query.WorkflowId);

        if (window is not null)
        {
            command.Set("after_seq", query.AfterSeq);
            command.Set("through_seq", window.Seq);
        }

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var items = ImmutableArray.CreateBuilder<T>();
        var (size, last, revision) = (0L, query.AfterSeq, (long?)null);
        while (await reader.ReadAsync(cancellationToken))
        {
            var row = ReadRow(reader, query.Detail);
            items.Add(row.Entry);
            (size, last, revision) = (size + row.Size, row.Seq, row.Revision);
        }

        await reader.NextResultAsync(cancellationToken);
        var history = await ReadHistory(reader, cancellationToken);
        if (confirmation is not null)
            await confirmation.ReadEnd(reader, cancellationToken);

        var isCut = items.Count == query.Limit || size >= query.Size;
        var end =
            isCut || window is { MayHaveMore: true }
                ? items.Count > 0
                    ? items[^1].Position
                    : query.After
                : query.UpTo;
        return new LogPage<T>(history, items.DrainToImmutable(), end, isCut ? last : window?.Seq ?? 0)
        {
            Revision = revision ?? history.Revision,
        };
    }

    /// <inheritdoc/>
    public async Task<LogHistory> ReadHistory(long position, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = _historyQuery;
        command.Set("after", position);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await ReadHistory(reader, cancellationToken);
    }

    /// <inheritdoc/>
    public virtual Task<long> FindSeq(string workflowId, long position, CancellationToken cancellationToken) =>
        Task.FromResult(0L);

    /// <inheritdoc/>
    /// <remarks>
    /// A transaction that inserts into a table of PostgreSQL holds its lock ROW EXCLUSIVE from before the first row
    /// until it has ended and can be seen by others. Unlike the snapshot's oldest transaction, this does not depend on
    /// what else happens in the server.
    /// </remarks>
    public async Task<ImmutableArray<string>> FindWriters(CancellationToken cancellationToken)
    {
        if (dialect.WritersQuery?.Invoke(table.Name) is not { } query)
            return [];

        return [.. await dataSource.ReadAll(query, static reader => reader.GetString(0), cancellationToken)];
    }

    /// <summary>
    /// The query for the entries of a page. All is cut down, in number and in bytes, before anything is joined to it,
    /// so that the cost of a page is known.
    /// </summary>
    protected abstract string Entries(LogQuery query);

    /// <summary>Reads a row of it.</summary>
    protected abstract LogRow<T> ReadRow(DbDataReader reader, LogDetail detail);

    /// <summary>The receipts that a page looks at; null where there is no such bound.</summary>
    protected virtual Task<LogWindow?> FindWindow(
        DbConnection connection,
        LogQuery query,
        CancellationToken cancellationToken
    ) => Task.FromResult<LogWindow?>(null);

    private static string HistoryQuery(LogTable table, ReadDialect dialect, string confirmation) =>
        $"""
            SELECT e.id, {dialect.History}, e.first_history, {table.BeginsAfter}, h.position,
              (SELECT max(position) FROM {table.Name} WHERE position IS NOT NULL),
              {table.LatestTrimmed},
              (SELECT id FROM {table.Name} WHERE position IS NOT NULL ORDER BY position DESC LIMIT 1),
              (SELECT id FROM {table.Name} WHERE position = @after),
              {table.TrimmedId},
              {table.Revision},
              {confirmation}
            FROM (SELECT * FROM change_epoch LIMIT 1) AS e CROSS JOIN (SELECT * FROM {table.Horizon} LIMIT 1) AS h
            """;

    private async Task<LogHistory> ReadHistory(DbDataReader reader, CancellationToken cancellationToken)
    {
        await reader.ReadAsync(cancellationToken);
        var identity = $"{reader.GetString(0)}/{reader.GetString(1)}";
        var (horizon, kept, trimmed) = (reader.GetInt64(4), reader.Number(5) ?? 0, reader.Number(6) ?? 0);
        return new LogHistory(
            LogPosition.EpochOf(identity),
            IsFirst: identity == reader.GetString(2),
            BeginsAfter: reader.GetInt64(3),
            Latest: Math.Max(horizon, Math.Max(kept, trimmed)),
            LatestTrimmed: trimmed,
            LatestId: kept >= Math.Max(horizon, trimmed) ? Id(7) : null,
            FoundId: Id(8) ?? Id(9),
            Revision: reader.GetInt64(10)
        );

        Guid? Id(int column) => reader.IsDBNull(column) ? null : dialect.ReadId(reader, column);
    }
}

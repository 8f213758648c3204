using System.Collections.Immutable;
using System.Data.Common;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.ReadModel;

namespace Orleans.Workflow.Storage.Changes;

/// <summary>The log of changes in the table of receipts.</summary>
/// <param name="dataSource">The database.</param>
/// <param name="dialect">Where it differs.</param>
internal sealed class SqlChangeLog(DbDataSource dataSource, ReadDialect dialect) : IChangeLog
{
    /// <inheritdoc/>
    /// <remarks>
    /// All is cut down before anything is joined to it, so that the cost of a page is known. A workflow's positions ascend with its
    /// receipts, which have an index of their own.
    /// </remarks>
    public async Task<ChangePage> Read(ChangeQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        var (workflow, order) = query.WorkflowId is null ? (string.Empty, "position") : ("workflow_id = @workflow_id AND ", "seq");
        var changes = query.Detail >= ChangeDetail.Transitions ? "changes" : "CAST(NULL AS text) AS changes";
        var (summary, join) = query.Detail >= ChangeDetail.Workflow
            ? ($", {WorkflowColumns.Summary}", "LEFT JOIN workflow w ON w.workflow_id = r.workflow_id")
            : (string.Empty, string.Empty);
        command.CommandText =
            $"""
            SELECT {ReceiptColumns.Transitions}, r.position, r.effect, h.position, r.workflow_id{summary}
            FROM change_horizon h
            LEFT JOIN (
              SELECT id, workflow_id, seq, received_at, effect, version, {changes}, position FROM receipt
              WHERE {workflow}position > @after AND position <= @up_to
              ORDER BY {order} LIMIT {query.Limit}
            ) r ON true
            {join}
            ORDER BY r.position
            """;
        command.Set("after", query.After);
        command.Set("up_to", query.UpTo);
        if (query.WorkflowId is not null)
            command.Set("workflow_id", query.WorkflowId);

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var items = ImmutableArray.CreateBuilder<Change>();
        var (horizon, rows, size, end) = (0L, 0, 0L, query.After);
        while (size < query.Size && await reader.ReadAsync(cancellationToken))
        {
            horizon = reader.GetInt64(7);
            if (reader.IsDBNull(5))
                break;

            rows++;
            end = reader.GetInt64(5);
            if (ReadChange(reader, query.Detail, ref size) is { } change)
                items.Add(change);
        }

        var isLast = rows < query.Limit && size < query.Size;
        return new ChangePage(horizon, items.DrainToImmutable(), isLast ? query.UpTo : end);
    }

    /// <inheritdoc/>
    public async Task<ChangeBounds> ReadBounds(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT h.position, (SELECT coalesce(max(position), 0) FROM receipt WHERE position IS NOT NULL) FROM change_horizon h";
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var (horizon, visible) = (reader.GetInt64(0), reader.GetInt64(1));
        return new ChangeBounds(horizon, Math.Max(horizon, visible));
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Who inserts into a table of PostgreSQL holds its lock ROW EXCLUSIVE from before the first row until its transaction has ended
    /// and can be seen by others. Unlike the snapshot's oldest transaction, this does not depend on what else goes on in the server.
    /// </remarks>
    public async Task<ImmutableArray<string>> FindWriters(CancellationToken cancellationToken)
    {
        if (dialect.WritersQuery is not { } query)
            return [];

        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = query;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var writers = ImmutableArray.CreateBuilder<string>();
        while (await reader.ReadAsync(cancellationToken))
            writers.Add(reader.GetString(0));

        return writers.DrainToImmutable();
    }

    /// <summary>Reads a row; null if its workflow, which is asked for, is being removed: its receipts go too.</summary>
    private Change? ReadChange(DbDataReader reader, ChangeDetail detail, ref long size)
    {
        if (detail >= ChangeDetail.Transitions)
            size += reader.GetString(4).Length;

        if (detail >= ChangeDetail.Workflow && reader.IsDBNull(9))
            return null;

        return new Change(
            reader.GetInt64(5),
            reader.GetString(8),
            reader.GetInt64(1),
            dialect.ReadId(reader, 3),
            reader.Time(2),
            (ReceiptEffect)reader.GetInt32(6),
            detail >= ChangeDetail.Transitions ? [.. ReceiptColumns.ReadTransitions(reader, dialect)] : [],
            detail >= ChangeDetail.Workflow ? WorkflowColumns.ReadSummary(reader, 9) : null);
    }
}

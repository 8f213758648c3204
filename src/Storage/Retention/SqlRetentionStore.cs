using System.Data.Common;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Storage.Retention;

/// <summary>
/// Retention in SQL that both databases understand. On SQLite a transaction waits for the one of the grains, and the
/// other way round.
/// </summary>
internal sealed class SqlRetentionStore(DbDataSource dataSource, ReadDialect dialect) : IRetentionStore
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<(Guid Id, string WorkflowId)>> ListReceipts(
        Guid after,
        Guid before,
        int limit,
        CancellationToken cancellationToken
    ) =>
        await dataSource.ReadAll(
            "SELECT id, workflow_id FROM receipt WHERE id > @after AND id < @before ORDER BY id LIMIT @limit",
            reader => (dialect.ReadId(reader, 0), reader.GetString(1)),
            cancellationToken,
            ("after", dialect.WriteId(after)),
            ("before", dialect.WriteId(before)),
            ("limit", limit)
        );

    /// <inheritdoc/>
    public async Task<IReadOnlyList<(string WorkflowId, long Seq, long Held)>> ListHeld(
        string after,
        int limit,
        CancellationToken cancellationToken
    ) =>
        await dataSource.ReadAll(
            """
            SELECT w.workflow_id, coalesce(w.seq, 0), coalesce(w.seq - b.seq, w.seq, 0)
            FROM (SELECT workflow_id, key, seq FROM workflow WHERE key > @after ORDER BY key LIMIT @limit) w
            LEFT JOIN baseline b ON b.workflow_id = w.workflow_id
            ORDER BY w.key
            """,
            static reader => (reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2)),
            cancellationToken,
            ("after", GrainKeys.WorkflowPrefix + after),
            ("limit", limit)
        );

    /// <inheritdoc/>
    /// <remarks>The index has the order within each group: the page is merged from theirs.</remarks>
    public async Task<IReadOnlyList<(long ChangedAt, string WorkflowId, long Held)>> ListEnded(
        (long ChangedAt, string WorkflowId) after,
        long before,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var ended = Standing.Of(new WorkflowFilter { Phase = WorkflowPhase.Ended });
        var groups = await dataSource.ReadAll(WorkflowGroup.Find(ended), WorkflowGroup.Read, cancellationToken);
        if (groups is [])
            return [];

        return await dataSource.ReadAll(
            command =>
            {
                var pages = WorkflowGroup.Union(
                    groups.Select(
                        (group, number) =>
                            $"""
                                SELECT changed_at, workflow_id, key, seq FROM workflow w
                                WHERE {group.Condition(
                                    command,
                                    "w",
                                    number
                                )} AND (changed_at, key) > (@changed_at, @key) AND changed_at < @before
                                ORDER BY changed_at, key LIMIT @limit
                                """
                    )
                );
                command.CommandText = $"""
                    SELECT w.changed_at, w.workflow_id, coalesce(w.seq - b.seq, w.seq, 0)
                    FROM (SELECT * FROM ({pages}) AS ended ORDER BY changed_at, key LIMIT @limit) w
                    LEFT JOIN baseline b ON b.workflow_id = w.workflow_id
                    ORDER BY w.changed_at, w.key
                    """;
                command.Set("changed_at", after.ChangedAt);
                command.Set("key", GrainKeys.WorkflowPrefix + after.WorkflowId);
                command.Set("before", before);
                command.Set("limit", limit);
            },
            static reader => (reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2)),
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public async Task<int?> Replace(BaselineRow baseline, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(baseline);
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (
            !await BaselineSql.Guard(connection, transaction, baseline.WorkflowId, cancellationToken)
            || !await BaselineSql.Put(connection, transaction, baseline, cancellationToken)
        )
            return null;

        var removed = await BaselineSql.RemoveReceipts(
            connection,
            transaction,
            baseline.WorkflowId,
            baseline.Seq,
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        return removed;
    }

    /// <inheritdoc/>
    public Task<int> RemoveRejected(Guid before, int limit, CancellationToken cancellationToken) =>
        dataSource.Execute(
            "DELETE FROM rejected WHERE id IN (SELECT id FROM rejected WHERE id < @before ORDER BY id LIMIT @limit)",
            cancellationToken,
            ("before", dialect.WriteId(before)),
            ("limit", limit)
        );
}

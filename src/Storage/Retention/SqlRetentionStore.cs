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
        var ended = StateCodes.Of(new WorkflowFilter { Phase = WorkflowPhase.Ended });
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

    /// <inheritdoc/>
    public Task<int> RemoveFacts(Guid before, int limit, CancellationToken cancellationToken) =>
        RemoveFacts("id < @which ORDER BY id", dialect.WriteId(before), isByAge: true, limit, cancellationToken);

    /// <inheritdoc/>
    public Task<int> RemoveFactsOf(string workflowId, int limit, CancellationToken cancellationToken) =>
        RemoveFacts("workflow_id = @which ORDER BY position", workflowId, isByAge: false, limit, cancellationToken);

    /// <inheritdoc/>
    public async Task<(int LookedAt, int Removed)> RemoveFactBodies(
        Guid before,
        int limit,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        await using var find = Command(
            """
            SELECT id FROM fact WHERE id > (SELECT bodies_until FROM fact_horizon) AND id < @before
            ORDER BY id LIMIT @limit
            """
        );
        find.Set("before", dialect.WriteId(before));
        find.Set("limit", limit);
        var ids = await find.ReadAll(reader => dialect.ReadId(reader, 0), cancellationToken);
        if (ids is [])
            return (0, 0);

        var removed = await Execute(
            """
            UPDATE fact SET body = @removed
            WHERE id > (SELECT bodies_until FROM fact_horizon) AND id <= @last AND body <> @removed
            """,
            ("removed", SqlErasure.RemovedBody),
            ("last", dialect.WriteId(ids[^1]))
        );

        // Last, as the triggers of an erasure and of a removal do: the other order could deadlock with them.
        await Execute(
            """
            UPDATE fact_horizon SET
              revision = revision + 1,
              bodies_until = CASE WHEN bodies_until < @last THEN @last ELSE bodies_until END
            """,
            ("last", dialect.WriteId(ids[^1]))
        );
        await transaction.CommitAsync(cancellationToken);
        return (ids.Count, removed);

        DbCommand Command(string text)
        {
            var command = connection.CreateCommand();
            (command.Transaction, command.CommandText) = (transaction, text);
            return command;
        }

        async Task<int> Execute(string text, params (string Name, object Value)[] values)
        {
            await using var command = Command(text);
            foreach (var (name, value) in values)
                command.Set(name, value);

            return await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private async Task<int> RemoveFacts(
        string condition,
        object value,
        bool isByAge,
        int limit,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var remove = connection.CreateCommand();
        remove.Transaction = transaction;
        remove.CommandText = $"""
            DELETE FROM fact WHERE id IN (SELECT id FROM fact WHERE {condition} LIMIT @limit)
            RETURNING workflow_id, node, kind, coalesce(value, ''), effect, position
            """;
        remove.Set("which", value);
        remove.Set("limit", limit);
        var removed = await remove.ReadAll(
            static reader =>
                (
                    Of: (reader.GetString(0), reader.GetString(1), reader.GetInt32(2), reader.GetString(3)),
                    Effect: (ReceiptEffect)reader.GetInt32(4),
                    Position: reader.GetInt64(5)
                ),
            cancellationToken
        );
        foreach (var facts in removed.GroupBy(static fact => fact.Of, static fact => fact.Effect))
            await AddToBaseline(transaction, facts, cancellationToken);

        if (isByAge && removed.Count > 0)
            await RaiseHorizon(transaction, removed.Max(static fact => fact.Position), cancellationToken);

        await transaction.CommitAsync(cancellationToken);
        return removed.Count;
    }

    private static async Task RaiseHorizon(
        DbTransaction transaction,
        long position,
        CancellationToken cancellationToken
    )
    {
        await using var command = transaction.Connection!.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "UPDATE fact_horizon SET position = @position WHERE position < @position";
        command.Set("position", position);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task AddToBaseline(
        DbTransaction transaction,
        IGrouping<(string WorkflowId, string Node, int Kind, string Value), ReceiptEffect> removed,
        CancellationToken cancellationToken
    )
    {
        var (count, different) = (
            removed.Count(static effect => effect == ReceiptEffect.Recorded),
            removed.Count(static effect => effect == ReceiptEffect.Differs)
        );
        if (count + different == 0)
            return;

        await using var command = transaction.Connection!.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = """
            INSERT INTO fact_baseline (workflow_id, node, kind, value, count, different)
            VALUES (@workflow_id, @node, @kind, @value, @count, @different)
            ON CONFLICT (workflow_id, node, kind, value) DO UPDATE SET
              count = fact_baseline.count + excluded.count, different = fact_baseline.different + excluded.different
            """;
        command.Set("workflow_id", removed.Key.WorkflowId);
        command.Set("node", removed.Key.Node);
        command.Set("kind", removed.Key.Kind);
        command.Set("value", removed.Key.Value);
        command.Set("count", count);
        command.Set("different", different);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

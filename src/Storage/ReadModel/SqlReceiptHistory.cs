using System.Data.Common;
using System.Runtime.CompilerServices;
using Orleans.Workflow.Grains.Interfaces.Persistence;

namespace Orleans.Workflow.Storage.ReadModel;

/// <summary>The receipts of a workflow in the order of the fold, in SQL that both databases understand.</summary>
/// <param name="dataSource">The database.</param>
/// <param name="dialect">Where it differs.</param>
internal sealed class SqlReceiptHistory(DbDataSource dataSource, ReadDialect dialect) : IReceiptHistory
{
    /// <inheritdoc/>
    public Task<HistoryEnd?> FindEnd(string workflowId, long upTo, CancellationToken cancellationToken) => dataSource.ReadFirst(
        """
        SELECT e.last, r.seq, r.vocabulary
        FROM (
          SELECT max(seq) AS last, (SELECT max(seq) FROM receipt WHERE workflow_id = @workflow_id AND seq <= @up_to AND kind = 1) AS last_refold
          FROM receipt WHERE workflow_id = @workflow_id AND seq <= @up_to
        ) e
        LEFT JOIN receipt r ON r.workflow_id = @workflow_id AND r.seq = e.last_refold
        WHERE e.last IS NOT NULL
        """,
        static reader => new HistoryEnd(
            reader.GetInt64(0), reader.IsDBNull(1) ? null : new RefoldMark(reader.GetInt64(1), reader.GetString(2))),
        cancellationToken,
        ("workflow_id", workflowId),
        ("up_to", upTo));

    /// <inheritdoc/>
    public async Task<long?> FindVersion(string workflowId, long version, CancellationToken cancellationToken) => (await dataSource.ReadFirst(
        "SELECT min(seq) FROM receipt WHERE workflow_id = @workflow_id AND version = @version",
        Place,
        cancellationToken,
        ("workflow_id", workflowId),
        ("version", version)))?.Seq;

    /// <inheritdoc/>
    public async Task<long?> FindTime(string workflowId, long time, CancellationToken cancellationToken)
    {
        var place = await dataSource.ReadFirst(
            """
            SELECT coalesce(min(CASE WHEN received_at > @time THEN seq END) - 1, max(seq))
            FROM receipt WHERE workflow_id = @workflow_id
            """,
            Place,
            cancellationToken,
            ("workflow_id", workflowId),
            ("time", time));
        return place?.Seq is 0 ? null : place?.Seq;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<HistoryEntry> Read(
        string workflowId, long after, long upTo, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText =
            """
            SELECT kind, id, seq, received_at, source, version, vocabulary, body, changes FROM receipt
            WHERE workflow_id = @workflow_id AND seq > @after AND seq <= @up_to
            ORDER BY seq
            """;
        command.Set("workflow_id", workflowId);
        command.Set("after", after);
        command.Set("up_to", upTo);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            yield return new HistoryEntry(
                (ReceiptKind)reader.GetInt32(0),
                dialect.ReadId(reader, 1),
                reader.GetInt64(2),
                reader.GetInt64(3),
                reader.GetString(4),
                reader.GetInt64(5),
                reader.GetString(6),
                reader.GetFieldValue<byte[]>(7),
                reader.Text(8) is { } changes ? ChangedNodes(changes) : null);
        }
    }

    private static HashSet<string> ChangedNodes(string changes) =>
        ReceiptColumns.ReadChanges(changes).Select(static change => change.NodeTaskId).OfType<string>().ToHashSet(StringComparer.Ordinal);

    private static Found Place(DbDataReader reader) => new(reader.IsDBNull(0) ? null : reader.GetInt64(0));

    /// <summary>A place that was looked for.</summary>
    private sealed record Found(long? Seq);
}

using System.Data.Common;
using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Storage.Queries;

/// <summary>
/// Earlier states in SQL that both databases understand. The baseline counts as one receipt: at its place, and as young
/// as the youngest that it replaces.
/// </summary>
/// <param name="dataSource">The database.</param>
internal sealed class SqlReceiptHistory(DbDataSource dataSource) : IReceiptHistory
{
    // A binary search: versions rise with the places, which have no gaps.
    private const string Version = """
        WITH RECURSIVE search (low, high) AS (
          SELECT
            (SELECT seq FROM receipt WHERE workflow_id = @workflow_id ORDER BY seq LIMIT 1),
            (SELECT seq FROM receipt WHERE workflow_id = @workflow_id ORDER BY seq DESC LIMIT 1)
          UNION ALL
          SELECT
            CASE WHEN (
                SELECT version FROM receipt WHERE workflow_id = @workflow_id AND seq = (low + high) / 2) < @version
              THEN (low + high) / 2 + 1 ELSE low END,
            CASE WHEN (
                SELECT version FROM receipt WHERE workflow_id = @workflow_id AND seq = (low + high) / 2) < @version
              THEN high ELSE (low + high) / 2 END
          FROM search WHERE low < high
        )
        SELECT min(seq) FROM (
          SELECT seq FROM receipt
          WHERE workflow_id = @workflow_id AND seq = (SELECT low FROM search WHERE low = high) AND version = @version
          UNION ALL
          SELECT seq FROM baseline WHERE workflow_id = @workflow_id AND version = @version
        ) AS places
        """;

    private const string Time = """
        SELECT coalesce(min(CASE WHEN received_at > @time THEN seq END) - 1, max(seq)) FROM (
          SELECT seq, received_at FROM (
            SELECT seq, received_at FROM receipt WHERE workflow_id = @workflow_id ORDER BY seq LIMIT @limit) AS held
          UNION ALL
          SELECT seq, removed_through FROM baseline WHERE workflow_id = @workflow_id
        ) AS places
        """;

    /// <inheritdoc/>
    public Task<long?> FindVersion(string workflowId, long version, CancellationToken cancellationToken) =>
        dataSource.ReadFirst(
            Version,
            static reader => reader.Number(0),
            cancellationToken,
            ("workflow_id", workflowId),
            ("version", version)
        );

    /// <inheritdoc/>
    public async Task<long?> FindTime(string workflowId, long time, int limit, CancellationToken cancellationToken)
    {
        var seq = await dataSource.ReadFirst(
            Time,
            static reader => reader.Number(0),
            cancellationToken,
            ("workflow_id", workflowId),
            ("time", time),
            ("limit", limit)
        );
        return seq is 0 ? null : seq;
    }
}

using System.Data.Common;
using Orleans.Workflow.Grains.Interfaces.Persistence;

namespace Orleans.Workflow.Storage.ReadModel;

/// <summary>
/// Earlier states in SQL that both databases understand. The checkpoint counts as one receipt: at its place, and as young as the youngest
/// that it stands for.
/// </summary>
/// <param name="dataSource">The database.</param>
internal sealed class SqlReceiptHistory(DbDataSource dataSource) : IReceiptHistory
{
    private const string Places =
        """
        FROM (
          SELECT seq, version, received_at FROM receipt WHERE workflow_id = @workflow_id
          UNION ALL SELECT seq, version, removed_through FROM checkpoint WHERE workflow_id = @workflow_id
        ) places
        """;

    /// <inheritdoc/>
    public async Task<long?> FindVersion(string workflowId, long version, CancellationToken cancellationToken) => (await dataSource.ReadFirst(
        $"SELECT min(seq) {Places} WHERE version = @version",
        Place,
        cancellationToken,
        ("workflow_id", workflowId),
        ("version", version)))?.Seq;

    /// <inheritdoc/>
    public async Task<long?> FindTime(string workflowId, long time, CancellationToken cancellationToken)
    {
        var place = await dataSource.ReadFirst(
            $"SELECT coalesce(min(CASE WHEN received_at > @time THEN seq END) - 1, max(seq)) {Places}",
            Place,
            cancellationToken,
            ("workflow_id", workflowId),
            ("time", time));
        return place?.Seq is 0 ? null : place?.Seq;
    }

    private static Found Place(DbDataReader reader) => new(reader.IsDBNull(0) ? null : reader.GetInt64(0));

    /// <summary>A place that was looked for.</summary>
    private sealed record Found(long? Seq);
}

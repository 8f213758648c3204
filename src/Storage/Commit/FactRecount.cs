using System.Data.Common;
using Npgsql;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Storage.Commit;

/// <summary>Counts the facts of a workflow again, in SQL that both databases understand.</summary>
internal static class FactRecount
{
    /// <summary>On PostgreSQL, a commit that adds to one of these counts waits until they are right.</summary>
    private const string Lock =
        "SELECT count FROM fact_count WHERE workflow_id = @workflow_id ORDER BY node, kind, value FOR UPDATE";

    // Without the condition SQLite would take ON for the one of a join.
    private static readonly string Count = $"""
        INSERT INTO fact_count (workflow_id, {FactCountSql.Columns})
        SELECT @workflow_id, {FactCountSql.Columns} FROM ({FactCountSql.OfFacts}) counted WHERE true
        ON CONFLICT (workflow_id, node, kind, value) DO UPDATE SET
          count = excluded.count, different = excluded.different
        """;

    private static readonly string RemoveOthers = $"""
        DELETE FROM fact_count WHERE workflow_id = @workflow_id AND NOT EXISTS (
          SELECT 1 FROM ({FactCountSql.OfFacts}) counted
          WHERE counted.node = fact_count.node AND counted.kind = fact_count.kind AND counted.value = fact_count.value)
        """;

    /// <summary>Counts them.</summary>
    public static async Task Run(DbDataSource dataSource, string workflowId, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        foreach (
            var statement in (string[])
                [.. connection is NpgsqlConnection ? [Lock] : Array.Empty<string>(), Count, RemoveOthers]
        )
        {
            await using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = statement;
            command.CommandTimeout = 0;
            command.Set("workflow_id", workflowId);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }
}

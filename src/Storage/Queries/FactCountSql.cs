using System.Data.Common;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Storage.Queries;

/// <summary>The counts of facts in SQL that both databases understand.</summary>
internal static class FactCountSql
{
    /// <summary>The columns that <see cref="Read"/> takes.</summary>
    public const string Columns = "node, kind, value, count, different";

    /// <summary>What the facts of a workflow give, with those that retention removed, in those columns.</summary>
    public static readonly string OfFacts = $"""
        SELECT node, kind, value, CAST(sum(count) AS bigint) AS count, CAST(sum(different) AS bigint) AS different
        FROM (
          SELECT
            node, kind, coalesce(value, '') AS value,
            CASE effect WHEN {(int)ReceiptEffect.Recorded} THEN 1 ELSE 0 END AS count,
            CASE effect WHEN {(int)ReceiptEffect.Differs} THEN 1 ELSE 0 END AS different
          FROM fact WHERE workflow_id = @workflow_id AND effect <> {(int)ReceiptEffect.Duplicate}
          UNION ALL
          SELECT {Columns} FROM fact_baseline WHERE workflow_id = @workflow_id
        ) AS facts
        GROUP BY node, kind, value
        """;

    /// <summary>Reads a count.</summary>
    /// <param name="reader">A row that begins with node, kind and value.</param>
    /// <param name="count">The column of the count; the next one is that of the different ones.</param>
    public static FactCount Read(DbDataReader reader, int count = 3) =>
        new(
            reader.GetString(0),
            (FactKind)reader.GetInt32(1),
            reader.GetString(2),
            reader.GetInt64(count),
            reader.GetInt64(count + 1)
        );
}

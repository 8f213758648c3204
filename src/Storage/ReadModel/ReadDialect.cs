using System.Data.Common;

namespace Orleans.Workflow.Storage.ReadModel;

/// <summary>Where the two databases differ in reading.</summary>
/// <param name="NodeTypeCondition">The condition that a workflow has a node of type <c>@node_type</c>.</param>
/// <param name="WriteId">A receipt's id as a parameter.</param>
/// <param name="ReadId">A receipt's id from a column.</param>
/// <param name="WritersQuery">The query for the transactions that write receipts at the moment; null where there is but one at a time.</param>
internal sealed record ReadDialect(
    string NodeTypeCondition, Func<Guid, object> WriteId, Func<DbDataReader, int, Guid> ReadId, string? WritersQuery)
{
    public static readonly ReadDialect Postgres = new(
        "node_types::jsonb @> to_jsonb(@node_type::text)",
        static id => id,
        static (reader, column) => reader.GetGuid(column),
        """
        SELECT virtualtransaction FROM pg_locks
        WHERE locktype = 'relation' AND relation = 'receipt'::regclass AND mode = 'RowExclusiveLock' AND granted
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """);

    public static readonly ReadDialect Sqlite = new(
        "EXISTS (SELECT 1 FROM json_each(node_types) WHERE value = @node_type)",
        static id => id.ToByteArray(bigEndian: true),
        static (reader, column) => new Guid(reader.GetFieldValue<byte[]>(column), bigEndian: true),
        WritersQuery: null);
}

using System.Data.Common;
using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Storage.Postgres;

/// <summary>
/// Looks up the rows of workflows. The first parameter is the service, the second the name of the state.
/// </summary>
internal static class StoredRowSql
{
    /// <summary>The columns, of the row <c>s</c>, that <see cref="Read"/> takes.</summary>
    public const string Columns = "s.version, s.payloadbinary, s.seq, s.last_received_at";

    /// <summary>What to join.</summary>
    /// <param name="key">The column that has the key.</param>
    // LIMIT keeps the planner from joining the whole table: without statistics it looks small.
    public static string ByKey(string key) =>
        $"""
            LATERAL (
              SELECT version, payloadbinary, seq, last_received_at FROM orleansstorage
              WHERE grainidextensionstring = {key} AND graintypestring = $2 AND serviceid = $1
                AND grainidn0 = 0 AND grainidn1 = 0
              LIMIT 1
            )
            """;

    /// <summary>Reads <see cref="Columns"/>, from a column on; null if there is no row.</summary>
    public static StoredRow? Read(DbDataReader reader, int first) =>
        reader.IsDBNull(first)
            ? null
            : new StoredRow(
                reader.GetInt32(first),
                reader.IsDBNull(first + 1) ? null : reader.GetFieldValue<byte[]>(first + 1),
                reader.IsDBNull(first + 2) ? null : reader.GetInt64(first + 2),
                reader.IsDBNull(first + 3) ? null : reader.GetInt64(first + 3)
            );
}

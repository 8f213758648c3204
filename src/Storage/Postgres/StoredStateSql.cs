using System.Data.Common;
using Orleans.Workflow.Storage.GroupCommit;

namespace Orleans.Workflow.Storage.Postgres;

/// <summary>Looks up state rows by keys that are columns of another table, with what was heard of their workflows since they were written.</summary>
internal static class StoredStateSql
{
    /// <summary>The columns that <see cref="Read"/> takes.</summary>
    public const string Columns = "s.version, s.payload, w.seq, w.last_received_at";

    /// <summary>What to join; takes the service in the first parameter.</summary>
    /// <param name="keys">The table or alias that has the keys, in columns named as those of <c>orleansstorage</c>.</param>
    public static string Of(string keys) =>
        $"""
        CROSS JOIN LATERAL (
          SELECT o.version, orleansstorage_payload(o) AS payload
          FROM orleansstorage o
          WHERE o.grainidhash = {keys}.grainidhash AND o.graintypehash = {keys}.graintypehash
            AND o.grainidn0 = {keys}.grainidn0 AND o.grainidn1 = {keys}.grainidn1 AND o.graintypestring = {keys}.graintypestring
            AND o.grainidextensionstring IS NOT DISTINCT FROM {keys}.grainidextensionstring AND o.serviceid = $1
          LIMIT 1
        ) s
        LEFT JOIN workflow w
          ON w.workflow_id = CASE WHEN {keys}.grainidextensionstring LIKE 'wf/%' THEN substr({keys}.grainidextensionstring, 4) END
        """;

    /// <summary>Reads <see cref="Columns"/>, from a column on.</summary>
    public static StoredState Read(DbDataReader reader, int first) => new(
        reader.IsDBNull(first + 1) ? null : reader.GetFieldValue<byte[]>(first + 1),
        reader.IsDBNull(first) ? null : reader.GetInt32(first),
        reader.IsDBNull(first + 2) ? null : new Heard(reader.GetInt64(first + 2), reader.GetInt64(first + 3)));
}

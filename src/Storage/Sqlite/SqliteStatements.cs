using Microsoft.Data.Sqlite;
using Orleans.Workflow.Storage.Retention;

namespace Orleans.Workflow.Storage.Sqlite;

/// <summary>
/// The prepared commands of the connection that commits. They take their values in the order of their parameters.
/// </summary>
internal sealed class SqliteStatements(SqliteConnection connection)
{
    private const string Identity =
        "grainidextensionstring = @key AND graintypestring = @type AND serviceid = @service_id "
        + "AND grainidn0 = 0 AND grainidn1 = 0";

    private static readonly string[] Key = ["@key", "@type", "@service_id"];

    private static readonly string[] Columns =
    [
        "seq",
        "last_received_at",
        "state_code",
        "attention",
        "word",
        "first_received_at",
        "changed_at",
        "workflow_version",
        "name",
        "name_lower",
        "status",
        "status_normalised",
        "node_types",
    ];

    private static readonly string[] FactColumns =
    [
        "id",
        "workflow_id",
        "node",
        "kind",
        "effect",
        "identity",
        "variant",
        "received_at",
        "occurred_at",
        "source",
        "value",
        "task_id",
        "case_hash",
        "callee_hash",
    ];

    /// <summary>The version of a row.</summary>
    public SqliteCommand FindVersion { get; } =
        connection.Prepare($"SELECT version FROM orleansstorage WHERE {Identity}", Key);

    /// <summary>Whether receipts behind a number were removed.</summary>
    public SqliteCommand FindBaseline { get; } =
        connection.Prepare(
            "SELECT 1 FROM baseline WHERE workflow_id = @workflow_id AND seq > @seq",
            ["@workflow_id", "@seq"]
        );

    /// <summary>What a stored receipt did.</summary>
    public SqliteCommand FindReceipt { get; } =
        connection.Prepare("SELECT effect, version FROM receipt WHERE id = @id", ["@id"]);

    /// <summary>Inserts or updates a row. Without a payload it keeps the one that it has.</summary>
    public SqliteCommand Write { get; } =
        connection.Prepare(
            $"""
            INSERT INTO orleansstorage
              (grainidextensionstring, graintypestring, serviceid, grainidhash, graintypehash, grainidn0, grainidn1,
               modifiedon, version, payloadbinary, {string.Join(", ", Columns)})
            VALUES
              (@key, @type, @service_id, @hash, @type_hash, 0, 0,
               datetime('now'), @version, @payload, {string.Join(", ", Columns.Select(static name => $"@{name}"))})
            ON CONFLICT (grainidextensionstring, graintypestring, serviceid, grainidn0, grainidn1) DO UPDATE SET
              modifiedon = excluded.modifiedon, version = excluded.version,
              payloadbinary = coalesce(excluded.payloadbinary, payloadbinary),
              {string.Join(", ", Columns.Select(static name => $"{name} = excluded.{name}"))}
            """,
            [.. Key, "@hash", "@type_hash", "@version", "@payload", .. Columns.Select(static name => $"@{name}")]
        );

    /// <summary>A receipt. Its position in the feed is the next one if it changed something.</summary>
    // The changes come as bytes in UTF-8; the cast makes them a text and leaves them as they are.
    public SqliteCommand AddReceipt { get; } =
        connection.Prepare(
            """
            INSERT INTO receipt
              (id, workflow_id, seq, received_at, source, effect, version, vocabulary, body, kind, changes, position)
            SELECT
              @id, @workflow_id, @seq, @received_at, @source, @effect, @version, @vocabulary, @body, @kind,
              CAST(@changes AS TEXT),
              CASE WHEN @changes IS NOT NULL
              THEN 1 + max(h.position, coalesce((SELECT max(position) FROM receipt WHERE position IS NOT NULL), 0)) END
            FROM change_horizon h
            """,
            [
                "@id",
                "@workflow_id",
                "@seq",
                "@received_at",
                "@source",
                "@effect",
                "@version",
                "@vocabulary",
                "@body",
                "@kind",
                "@changes",
            ]
        );

    /// <summary>What a stored fact did.</summary>
    public SqliteCommand FindFact { get; } = connection.Prepare("SELECT effect FROM fact WHERE id = @id", ["@id"]);

    /// <summary>The variant of the fact with an identity.</summary>
    public SqliteCommand FindVariant { get; } =
        connection.Prepare("SELECT variant FROM fact WHERE identity = @identity", ["@identity"]);

    /// <summary>A fact; of a person who was erased without its body.</summary>
    public SqliteCommand AddFact { get; } =
        connection.Prepare(
            $"""
            INSERT INTO fact ({string.Join(", ", FactColumns)}, body)
            VALUES ({string.Join(", ", FactColumns.Select(static name => $"@{name}"))},
              CASE WHEN EXISTS (SELECT 1 FROM erased_callee WHERE callee_hash = @callee_hash)
              THEN CAST('{SqlErasure.ErasedBody}' AS BLOB) ELSE @body END)
            """,
            [.. FactColumns.Select(static name => $"@{name}"), "@body"]
        );

    /// <summary>Counts a fact, and answers what the count is then.</summary>
    public SqliteCommand CountFact { get; } =
        connection.Prepare(
            """
            INSERT INTO fact_count (workflow_id, node, kind, value, count, different)
            VALUES (@workflow_id, @node, @kind, @value, @count, @different)
            ON CONFLICT (workflow_id, node, kind, value) DO UPDATE SET
              count = count + excluded.count, different = different + excluded.different
            RETURNING count, different
            """,
            ["@workflow_id", "@node", "@kind", "@value", "@count", "@different"]
        );

    /// <summary>All of them.</summary>
    public IEnumerable<SqliteCommand> All =>
        [FindVersion, FindBaseline, FindReceipt, Write, AddReceipt, FindFact, FindVariant, AddFact, CountFact];

    /// <summary>A state's payload and version, how many receipts it knows of, and when the last one came.</summary>
    public static SqliteCommand ReadState(SqliteConnection connection) =>
        connection.Prepare(
            $"SELECT payloadbinary, version, seq, last_received_at FROM orleansstorage WHERE {Identity}",
            Key
        );
}

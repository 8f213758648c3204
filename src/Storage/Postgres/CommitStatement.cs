using Npgsql;

namespace Orleans.Workflow.Storage.Postgres;

/// <summary>
/// The statements that commit a batch: one transaction, one round trip. Only the receipts of rows that were written are
/// inserted.
/// </summary>
/// <remarks>
/// They take the parameters of <see cref="CommitParameters"/> and answer rows of a position and: the version of a row
/// that was written; or the id and first answer of a receipt that is known, behind a commit of its own, which a
/// synchronous standby confirms. Of a row that is not next they answer nothing.
/// </remarks>
internal static class CommitStatement
{
    private const string ListColumns =
        "state_code, attention, word, first_received_at, changed_at, workflow_version, name, name_lower, status, "
        + "status_normalised, node_types";

    private const string RowColumns = $"seq, last_received_at, {ListColumns}";

    private static readonly string Input = $"""
        unnest({CommitParameters.Rows}) WITH ORDINALITY
          AS i (grainidhash, key, expected, seq_before, payload, {RowColumns}, position)
        """;

    /// <summary>
    /// Looks up neither rows nor receipts before it writes, which is a sixth cheaper than <see cref="Careful"/>. It
    /// fails, and writes nothing, if a receipt is known or if a row is gone. See <see cref="Refused"/>.
    /// </summary>
    public static readonly string Quick = Of(
        $"input AS MATERIALIZED (SELECT * FROM {Input})",
        condition: "true",
        known: string.Empty
    );

    /// <summary>Looks up first what is stored, and answers which receipts are known.</summary>
    public static readonly string Careful = Of(
        $"""
        input AS MATERIALIZED (
          SELECT i.*, s.version AS stored FROM {Input} LEFT JOIN {StoredRowSql.ByKey("i.key")} s ON true
        ), known AS MATERIALIZED (
          SELECT r.position, k.* FROM unnest({CommitParameters.ReceiptIds}) AS r (position, id)
          CROSS JOIN LATERAL (SELECT id, effect, version FROM receipt WHERE id = r.id LIMIT 1) k
        )
        """,
        condition: "stored IS NOT DISTINCT FROM expected AND position NOT IN (SELECT position FROM known)",
        known: $"""
        UNION ALL
        -- One that is not next has not seen what its known receipts did.
        SELECT k.position, NULL, k.id, k.effect, k.version, {StandbyConfirmation.Sql}
        FROM known k JOIN input i ON i.position = k.position WHERE i.stored IS NOT DISTINCT FROM i.expected
        """
    );

    /// <summary>Whether an error says that <see cref="Quick"/> found a receipt that is known, or a row gone.</summary>
    public static bool Refused(PostgresException error) =>
        error.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.InvalidTextRepresentation;

    private static string Of(string input, string condition, string known) =>
        $"""
            WITH {input}, receipts AS (
              SELECT * FROM unnest({CommitParameters.Receipts})
                AS r (position, id, seq, received_at, source, effect, version, vocabulary, body, changes, kind)
            ), written AS (
              INSERT INTO orleansstorage AS o (
                grainidhash, grainidn0, grainidn1, graintypehash, graintypestring, grainidextensionstring, serviceid,
                modifiedon, version, payloadbinary, {RowColumns})
              SELECT
                grainidhash, 0, 0, $3, $2, key, $1,
                now() AT TIME ZONE 'utc', coalesce(expected, 0) + 1, payload, {RowColumns}
              FROM input i WHERE {condition}
                -- A row that is missing does not start the workflow again: receipts were removed, so there was one.
                AND (expected IS NOT NULL OR NOT EXISTS (
                  SELECT 1 FROM baseline b WHERE b.workflow_id = substr(i.key, 4) AND b.seq > i.seq_before))
              ON CONFLICT (grainidextensionstring, graintypestring, serviceid, grainidn0, grainidn1) DO UPDATE SET
                modifiedon = excluded.modifiedon, version = excluded.version,
                payloadbinary = coalesce(excluded.payloadbinary, o.payloadbinary), {Updated}
              WHERE o.version = excluded.version - 1
              RETURNING grainidextensionstring AS key, version,
                -- A row that was inserted (its xmax is 0) although the commit continues from a version is gone: a text
                -- that is no number ends the statement.
                CASE WHEN xmax = 0 AND version > 1 THEN ('No row ' || grainidextensionstring)::integer END
            ), ok AS MATERIALIZED (
              SELECT i.position, i.key, w.version FROM written w JOIN input i ON i.key = w.key
            ), added AS (
              -- Positions are drawn after sorting, so that those of a workflow ascend with its receipts.
              INSERT INTO receipt (
                id, workflow_id, seq, received_at, source, effect, version, vocabulary, body, changes, kind,
                position)
              SELECT
                r.id, substr(ok.key, 4), r.seq, r.received_at, r.source, r.effect, r.version, r.vocabulary, r.body,
                r.changes, r.kind,
                CASE WHEN r.changes IS NOT NULL THEN nextval('receipt_position') END
              FROM receipts r JOIN ok ON ok.position = r.position
              ORDER BY r.seq
            )
            SELECT position, version, NULL::uuid AS id, NULL::smallint AS effect, NULL::bigint AS receipt_version,
              NULL AS confirmation
            FROM ok
            {known}
            """;

    private static string Updated =>
        string.Join(", ", RowColumns.Split(", ").Select(static name => $"{name} = excluded.{name}"));
}

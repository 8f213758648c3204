namespace Orleans.Workflow.Storage.Postgres;

/// <summary>
/// The statement that commits a batch: one transaction, one round trip. Only the receipts of rows that were written are
/// inserted.
/// </summary>
internal static class CommitStatement
{
    private const string ListColumns =
        "state_code, attention, word, first_received_at, changed_at, workflow_version, name, name_lower, status, "
        + "status_normalised, node_types";

    private const string RowColumns = $"seq, last_received_at, {ListColumns}";

    /// <summary>
    /// Takes the parameters of <see cref="CommitParameters"/>. Answers rows of a position and: the version of a row
    /// that was written; or what is stored of one that is not next; or the id and first answer of a receipt that is
    /// known. What was stored before is answered behind a commit of its own, which a synchronous standby confirms.
    /// </summary>
    public static readonly string Text =
        $"""
        WITH input AS MATERIALIZED (
          SELECT i.*, s.version AS stored
          FROM unnest({CommitParameters.Rows}) WITH ORDINALITY
            AS i (grainidhash, key, expected, payload, {RowColumns}, position)
          LEFT JOIN {StoredRowSql.ByKey("i.key")} s ON true
        ), receipts AS (
          SELECT * FROM unnest({CommitParameters.Receipts})
            AS r (position, id, seq, received_at, source, effect, version, vocabulary, body, changes, kind)
        ), known AS MATERIALIZED (
          SELECT r.position, k.* FROM unnest({CommitParameters.ReceiptIds}) AS r (position, id)
          CROSS JOIN LATERAL (SELECT id, effect, version FROM receipt WHERE id = r.id LIMIT 1) k
        ), written AS (
          INSERT INTO orleansstorage AS o (
            grainidhash, grainidn0, grainidn1, graintypehash, graintypestring, grainidextensionstring, serviceid,
            modifiedon, version, payloadbinary, {RowColumns})
          SELECT
            grainidhash, 0, 0, $3, $2, key, $1, now() AT TIME ZONE 'utc', coalesce(expected, 0) + 1, payload, {RowColumns}
          FROM input
          WHERE stored IS NOT DISTINCT FROM expected AND position NOT IN (SELECT position FROM known)
          ON CONFLICT (grainidextensionstring, graintypestring, serviceid, grainidn0, grainidn1) DO UPDATE SET
            modifiedon = excluded.modifiedon, version = excluded.version,
            payloadbinary = coalesce(excluded.payloadbinary, o.payloadbinary), {Updated}
          -- Once more, on the latest row: "stored" is as of the beginning of the statement.
          WHERE o.version = excluded.version - 1
          RETURNING grainidextensionstring AS key, version
        ), ok AS MATERIALIZED (
          SELECT i.position, i.key, w.version FROM written w JOIN input i ON i.key = w.key
        ), added AS (
          -- Positions are drawn after sorting, so that those of a workflow ascend with its receipts.
          INSERT INTO receipt (id, workflow_id, seq, received_at, source, effect, version, vocabulary, body, changes, kind, position)
          SELECT
            r.id, substr(ok.key, 4), r.seq, r.received_at, r.source, r.effect, r.version, r.vocabulary, r.body, r.changes, r.kind,
            CASE WHEN r.changes IS NOT NULL THEN nextval('receipt_position') END
          FROM receipts r JOIN ok ON ok.position = r.position
          ORDER BY r.seq
        )
        SELECT position, 'written' AS what, {StoredRowSql.Nothing("version")}, NULL::uuid AS id, NULL::smallint AS effect,
          NULL::bigint AS receipt_version, NULL AS confirmation
        FROM ok
        UNION ALL
        SELECT i.position, 'stored', {StoredRowSql.Columns}, NULL, NULL, NULL, {StandbyConfirmation.Sql}
        FROM (SELECT position, key FROM input WHERE stored IS DISTINCT FROM expected) i
        LEFT JOIN {StoredRowSql.ByKey("i.key")} s ON true
        UNION ALL
        SELECT position, 'known', {StoredRowSql.Nothing("NULL")}, id, effect, version, {StandbyConfirmation.Sql} FROM known
        """;

    private static string Updated => string.Join(", ", RowColumns.Split(", ").Select(static name => $"{name} = excluded.{name}"));
}

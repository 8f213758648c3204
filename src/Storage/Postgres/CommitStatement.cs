namespace Orleans.Workflow.Storage.Postgres;

/// <summary>
/// The statement that commits a batch: one statement, so one transaction and one round trip. What is derived is joined to the state
/// rows that were written, or to the rows of the list that count what was heard, so that a state that lost its race brings nothing with it.
/// Positions in the log of changes are drawn after sorting, so that those of a workflow ascend with its receipts.
/// </summary>
internal static class CommitStatement
{
    /// <summary>Takes the parameters of <see cref="CommitParameters"/>, in their order; answers the position of each row written, and its version, null if the state stays as it is;
    /// and of each that should have been the first of its key and was not, what is stored.</summary>
    public static readonly string Text =
        $"""
        WITH input AS MATERIALIZED (
          SELECT * FROM unnest($2) WITH ORDINALITY
            AS i (grainidhash, grainidn0, grainidn1, graintypehash, graintypestring, grainidextensionstring, etag, payload, edits, position)
        ), written AS (
          INSERT INTO orleansstorage AS o
            (grainidhash, grainidn0, grainidn1, graintypehash, graintypestring, grainidextensionstring, serviceid, payloadbinary, modifiedon, version,
             edits, edits_version)
          SELECT
            grainidhash, grainidn0, grainidn1, graintypehash, graintypestring, grainidextensionstring, $1, payload,
            now() AT TIME ZONE 'utc', coalesce(etag, 0) + 1, edits, coalesce(etag, 0) + 1
          FROM input
          ON CONFLICT (grainidhash, graintypehash, grainidn0, grainidn1, graintypestring, grainidextensionstring, serviceid)
          DO UPDATE SET
            payloadbinary = coalesce(excluded.payloadbinary, o.payloadbinary), modifiedon = excluded.modifiedon, version = excluded.version,
            edits = excluded.edits, edits_version = excluded.edits_version
          WHERE o.version = excluded.version - 1
          RETURNING grainidhash, grainidn0, grainidn1, graintypehash, graintypestring, grainidextensionstring, version, xmax = 0 AS inserted
        ), ok AS MATERIALIZED (
          SELECT i.position, w.version
          FROM written w
          JOIN input i
            ON i.grainidhash = w.grainidhash AND i.graintypehash = w.graintypehash
            AND i.grainidn0 = w.grainidn0 AND i.grainidn1 = w.grainidn1 AND i.graintypestring = w.graintypestring
            AND i.grainidextensionstring IS NOT DISTINCT FROM w.grainidextensionstring
          WHERE CASE WHEN w.inserted AND i.etag IS NOT NULL THEN orleansstorage_row_vanished(i.grainidextensionstring) ELSE true END
        ), refused AS MATERIALIZED (
          SELECT i.*
          FROM input i
          LEFT JOIN ok ON ok.position = i.position
          WHERE i.etag IS NULL AND ok.position IS NULL
        ), heard AS (
          UPDATE workflow AS w SET seq = h.seq, last_received_at = h.last_received_at
          FROM unnest($5) AS h
          WHERE w.workflow_id = h.workflow_id AND w.seq = h.seq_before
          RETURNING h.position
        ), done AS (
          SELECT position, version FROM ok
          UNION ALL
          SELECT position, NULL FROM heard
        ), listed AS MATERIALIZED (
          SELECT r.*
          FROM unnest($3) AS r
          JOIN ok ON ok.position = r.position
        ), workflows AS (
          INSERT INTO workflow
            (workflow_id, name, name_lower, status, status_normalised, phase, outcome, attention, node_types, version, seq,
             first_received_at, last_received_at, changed_at, standing)
          SELECT
            r.workflow_id, r.name, r.name_lower, r.status, r.status_normalised, r.phase, r.outcome, r.attention, r.node_types,
            r.version, r.seq, r.first_received_at, r.last_received_at, r.changed_at, r.standing
          FROM listed r
          ON CONFLICT (workflow_id) DO UPDATE SET
            name = excluded.name, name_lower = excluded.name_lower, status = excluded.status,
            status_normalised = excluded.status_normalised, phase = excluded.phase, outcome = excluded.outcome,
            attention = excluded.attention, node_types = excluded.node_types, version = excluded.version, seq = excluded.seq,
            first_received_at = excluded.first_received_at, last_received_at = excluded.last_received_at, changed_at = excluded.changed_at,
            standing = excluded.standing
        ), orders AS (
          INSERT INTO workflow_order (workflow_id, name_lower, first_received_at, standing, status_normalised, attention)
          SELECT r.workflow_id, r.name_lower, r.first_received_at, r.standing, r.status_normalised, r.attention
          FROM listed r
          WHERE r.moves_in_orders
          ON CONFLICT (workflow_id) DO UPDATE SET
            name_lower = excluded.name_lower, first_received_at = excluded.first_received_at, standing = excluded.standing,
            status_normalised = excluded.status_normalised, attention = excluded.attention
        ), receipts AS (
          INSERT INTO receipt (id, workflow_id, seq, received_at, source, effect, version, vocabulary, body, changes, kind, position)
          SELECT r.id, r.workflow_id, r.seq, r.received_at, r.source, r.effect, r.version, r.vocabulary, r.body, r.changes, r.kind,
            CASE WHEN r.changes IS NOT NULL THEN nextval('receipt_position') END
          FROM unnest($4) AS r
          JOIN done ON done.position = r.position
          ORDER BY r.seq
        )
        SELECT position, false AS is_refused, version, NULL AS payload, NULL AS seq, NULL AS last_received_at FROM done
        UNION ALL
        SELECT r.position, true, {StoredStateSql.Columns}
        FROM refused r
        {StoredStateSql.Of("r")}
        """;
}

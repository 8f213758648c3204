using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Storage.Snapshots;

/// <summary>The statements of a snapshot.</summary>
internal static class SnapshotSql
{
    /// <summary>How many receipts are in memory at a time; a body may have megabytes.</summary>
    public const int ReceiptsOfPage = 64;

    /// <summary>
    /// Ids from every table that has them, so that a row that is missing in one is noticed by another. The receipts'
    /// distinct ids are found by skipping from one to the next: most workflows have many receipts.
    /// </summary>
    public const string Ids = """
        WITH RECURSIVE received (workflow_id, n) AS (
          SELECT min(workflow_id), 1 FROM receipt WHERE workflow_id > @after
          UNION ALL
          SELECT (SELECT min(r.workflow_id) FROM receipt r WHERE r.workflow_id > received.workflow_id), n + 1
          FROM received WHERE received.workflow_id IS NOT NULL AND n < @limit
        )
        SELECT workflow_id FROM (
          SELECT workflow_id FROM (
            SELECT workflow_id FROM workflow WHERE key > @prefix || @after ORDER BY key LIMIT @limit) w
          UNION SELECT workflow_id FROM (
            SELECT workflow_id FROM baseline WHERE workflow_id > @after ORDER BY workflow_id LIMIT @limit) b
          UNION SELECT workflow_id FROM received WHERE workflow_id IS NOT NULL
        ) ids
        ORDER BY workflow_id LIMIT @limit
        """;

    /// <summary>The last refold of a workflow up to a place.</summary>
    public const string LastRefold = """
        SELECT seq, vocabulary FROM receipt
        WHERE workflow_id = @workflow_id AND seq <= @up_to AND kind = 1 ORDER BY seq DESC LIMIT 1
        """;

    /// <summary>The last place of a workflow up to another one.</summary>
    public const string Last =
        "SELECT seq FROM receipt WHERE workflow_id = @workflow_id AND seq <= @up_to ORDER BY seq DESC LIMIT 1";

    /// <summary>Keys of states that are not of a workflow, or of one that is in no table.</summary>
    public const string Orphans = """
        SELECT coalesce(grainidextensionstring, '') FROM orleansstorage
        WHERE serviceid = @service_id AND payloadbinary IS NOT NULL AND (
          grainidextensionstring NOT LIKE 'wf/%'
          OR state_code IS NULL
            AND NOT EXISTS (SELECT 1 FROM baseline WHERE workflow_id = substr(grainidextensionstring, 4))
            AND NOT EXISTS (SELECT 1 FROM receipt WHERE workflow_id = substr(grainidextensionstring, 4)))
        """;

    /// <summary>
    /// The counts of a workflow that differ from its facts: of each, what they give and what is stored.
    /// </summary>
    public static readonly string Miscounts = $"""
        SELECT node, kind, value, expected, expected_different, stored, stored_different FROM (
          SELECT
            node, kind, value,
            CAST(sum(e) AS bigint) AS expected, CAST(sum(ed) AS bigint) AS expected_different,
            CAST(sum(s) AS bigint) AS stored, CAST(sum(sd) AS bigint) AS stored_different
          FROM (
            SELECT node, kind, value, count AS e, different AS ed, 0 AS s, 0 AS sd
            FROM ({FactCountSql.OfFacts}) counted
            UNION ALL
            SELECT node, kind, value, 0, 0, count, different FROM fact_count WHERE workflow_id = @workflow_id
          ) both_sides
          GROUP BY node, kind, value
        ) compared
        WHERE expected <> stored OR expected_different <> stored_different
        ORDER BY node, kind, value
        """;

    /// <summary>A page of a workflow's receipts.</summary>
    public static readonly string Receipts = $"""
        SELECT id, seq, received_at, source, effect, version, vocabulary, body, changes, kind FROM receipt
        WHERE workflow_id = @workflow_id AND seq > @after ORDER BY seq LIMIT {ReceiptsOfPage}
        """;

    /// <summary>The columns of a workflow in the list, in the types that a snapshot reads.</summary>
    public static IReadOnlyDictionary<string, object?> Columns(WorkflowRow row) =>
        new Dictionary<string, object?>
        {
            ["workflow_id"] = row.WorkflowId,
            ["name"] = row.Name,
            ["name_lower"] = WorkflowColumns.NameLower(row),
            ["status"] = row.Status,
            ["status_normalised"] = row.StatusNormalised,
            ["state_code"] = (long)StateCodes.Of(row),
            ["word"] = WorkflowColumns.Word(row),
            ["phase"] = (long?)row.Phase,
            ["outcome"] = (long?)row.Outcome,
            ["attention"] = (long)row.Attention,
            ["node_types"] = WorkflowColumns.NodeTypesJson(row),
            ["version"] = row.Version,
            ["seq"] = row.Seq,
            ["first_received_at"] = row.FirstReceivedAt,
            ["last_received_at"] = row.LastReceivedAt,
            ["changed_at"] = row.ChangedAt,
        };
}

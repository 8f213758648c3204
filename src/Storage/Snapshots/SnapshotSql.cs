using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Storage.ReadModel;

namespace Orleans.Workflow.Storage.Snapshots;

/// <summary>The statements of a snapshot.</summary>
internal static class SnapshotSql
{
    /// <summary>How many receipts are in memory at a time; a body may have megabytes.</summary>
    public const int ReceiptsOfPage = 64;

    /// <summary>
    /// Ids from every table that has them, so that a row that is missing in one is noticed by another. The receipts' distinct ids are
    /// found by skipping from one to the next: most workflows have many receipts.
    /// </summary>
    public const string Ids =
        """
        WITH RECURSIVE received (workflow_id, n) AS (
          SELECT min(workflow_id), 1 FROM receipt WHERE workflow_id > @after
          UNION ALL
          SELECT (SELECT min(r.workflow_id) FROM receipt r WHERE r.workflow_id > received.workflow_id), n + 1
          FROM received WHERE received.workflow_id IS NOT NULL AND n < @limit
        )
        SELECT workflow_id FROM (
          SELECT workflow_id FROM (SELECT workflow_id FROM workflow WHERE key > @prefix || @after ORDER BY key LIMIT @limit) w
          UNION SELECT workflow_id FROM (SELECT workflow_id FROM baseline WHERE workflow_id > @after ORDER BY workflow_id LIMIT @limit) b
          UNION SELECT workflow_id FROM received WHERE workflow_id IS NOT NULL
        ) ids
        ORDER BY workflow_id LIMIT @limit
        """;

    /// <summary>The last refold of a workflow up to a place.</summary>
    public const string LastRefold =
        """
        SELECT seq, vocabulary FROM receipt
        WHERE workflow_id = @workflow_id AND seq <= @up_to AND kind = 1 ORDER BY seq DESC LIMIT 1
        """;

    /// <summary>The last place of a workflow up to another one.</summary>
    public const string Last = "SELECT seq FROM receipt WHERE workflow_id = @workflow_id AND seq <= @up_to ORDER BY seq DESC LIMIT 1";

    /// <summary>Keys of states that are not of a workflow, or of one that is in no table.</summary>
    public const string Orphans =
        """
        SELECT coalesce(grainidextensionstring, '') FROM orleansstorage
        WHERE serviceid = @service_id AND payloadbinary IS NOT NULL AND (
          grainidextensionstring NOT LIKE 'wf/%'
          OR state_code IS NULL
            AND NOT EXISTS (SELECT 1 FROM baseline WHERE workflow_id = substr(grainidextensionstring, 4))
            AND NOT EXISTS (SELECT 1 FROM receipt WHERE workflow_id = substr(grainidextensionstring, 4)))
        """;

    /// <summary>A page of a workflow's receipts.</summary>
    public static readonly string Receipts =
        $"""
        SELECT id, seq, received_at, source, effect, version, vocabulary, body, changes, kind FROM receipt
        WHERE workflow_id = @workflow_id AND seq > @after ORDER BY seq LIMIT {ReceiptsOfPage}
        """;

    /// <summary>The columns of a workflow in the list, in the types that a snapshot reads.</summary>
    public static IReadOnlyDictionary<string, object?> Columns(WorkflowRow row) => new Dictionary<string, object?>
    {
        ["workflow_id"] = row.WorkflowId,
        ["name"] = row.Name,
        ["name_lower"] = WorkflowColumns.NameLower(row),
        ["status"] = row.Status,
        ["status_normalised"] = row.StatusNormalised,
        ["state_code"] = (long)Standing.Of(row),
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

using System.Collections.Immutable;
using Npgsql;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Commit;
using Orleans.Workflow.Storage.Retention;

namespace Orleans.Workflow.Storage.Postgres;

/// <summary>
/// The statement that commits facts: one transaction, one round trip. It decides by what is stored which of them are
/// new, inserts all of them, and counts the new ones.
/// </summary>
internal sealed class FactStatement : IAsyncDisposable
{
    private const int Recorded = (int)ReceiptEffect.Recorded,
        Duplicate = (int)ReceiptEffect.Duplicate,
        Differs = (int)ReceiptEffect.Differs;

    // Look-ups by key with LIMIT 1: as joins they would read the whole table where it has no statistics.
    private static readonly string Text = $"""
        WITH input AS MATERIALIZED (
          SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
            WITH ORDINALITY AS i (
              id, workflow_id, node, kind, identity, variant, first_variant, is_repeat, received_at, occurred_at,
              source, value, task_id, case_hash, callee_hash, body, write, n)
        ), looked_up AS MATERIALIZED (
          SELECT i.*, known.effect AS known_effect, coalesce(stored.variant, i.first_variant) AS first, other.found,
            person.erased
          FROM input i
          LEFT JOIN LATERAL (SELECT effect FROM fact WHERE id = i.id LIMIT 1) known ON true
          LEFT JOIN LATERAL (SELECT variant FROM fact WHERE identity = i.identity LIMIT 1) stored ON true
          -- Another body that was here before has its own identity.
          LEFT JOIN LATERAL (
            SELECT true AS found FROM fact WHERE identity = i.variant AND stored.variant <> i.variant LIMIT 1
          ) other ON true
          LEFT JOIN LATERAL (
            SELECT true AS erased FROM erased_callee WHERE callee_hash = i.callee_hash LIMIT 1
          ) person ON true
        ), decided AS MATERIALIZED (
          SELECT *, CASE
            WHEN known_effect IS NOT NULL THEN known_effect
            WHEN first IS NULL THEN {Recorded}
            WHEN first = variant OR is_repeat OR found THEN {Duplicate}
            ELSE {Differs} END AS effect
          FROM looked_up
        ), added AS (
          INSERT INTO fact (
            id, workflow_id, node, kind, effect, identity, variant, received_at, occurred_at, source, value, task_id,
            case_hash, callee_hash, body)
          SELECT
            id, workflow_id, node, kind, effect,
            CASE effect WHEN {Recorded} THEN identity WHEN {Differs} THEN variant END,
            variant, received_at, occurred_at, source, value, task_id, case_hash, callee_hash,
            CASE WHEN erased THEN '{SqlErasure.ErasedBody}'::bytea ELSE body END
          FROM decided WHERE known_effect IS NULL ORDER BY n
        ), counted AS (
          INSERT INTO fact_count AS c (workflow_id, node, kind, value, count, different)
          SELECT workflow_id, node, kind, coalesce(value, ''),
            count(*) FILTER (WHERE effect = {Recorded}), count(*) FILTER (WHERE effect = {Differs})
          FROM decided WHERE known_effect IS NULL AND effect <> {Duplicate}
          GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
          ON CONFLICT (workflow_id, node, kind, value) DO UPDATE SET
            count = c.count + excluded.count, different = c.different + excluded.different
          RETURNING workflow_id, node, kind, value, count, different
        )
        SELECT write, n, effect, NULL::smallint AS kind, NULL AS value, NULL::bigint AS count,
          NULL::bigint AS different, {StandbyConfirmation.Sql}
        FROM decided
        UNION ALL
        SELECT w.write, NULL, NULL, c.kind, c.value, c.count, c.different, NULL
        FROM counted c JOIN (SELECT DISTINCT write, workflow_id, node FROM input) w
          ON w.workflow_id = c.workflow_id AND w.node = c.node
        """;

    private readonly NpgsqlCommand _command;
    private readonly ArrayColumns _columns;
    private readonly List<Guid> _id,
        _identity,
        _variant;
    private readonly List<Guid?> _firstVariant,
        _caseHash,
        _calleeHash;
    private readonly List<string> _workflowId,
        _node,
        _source;
    private readonly List<string?> _value,
        _taskId;
    private readonly List<short> _kind;
    private readonly List<bool> _isRepeat;
    private readonly List<long> _receivedAt;
    private readonly List<long?> _occurredAt;
    private readonly List<ReadOnlyMemory<byte>> _body;
    private readonly List<int> _write;

    /// <summary>Makes it for a connection.</summary>
    public FactStatement(NpgsqlConnection connection)
    {
        _command = new NpgsqlCommand(Text, connection);
        _columns = new ArrayColumns(_command.Parameters);
        _id = _columns.Add<Guid>("uuid");
        _workflowId = _columns.Add<string>("text");
        _node = _columns.Add<string>("text");
        _kind = _columns.Add<short>("smallint");
        _identity = _columns.Add<Guid>("uuid");
        _variant = _columns.Add<Guid>("uuid");
        _firstVariant = _columns.Add<Guid?>("uuid");
        _isRepeat = _columns.Add<bool>("boolean");
        _receivedAt = _columns.Add<long>("bigint");
        _occurredAt = _columns.Add<long?>("bigint");
        _source = _columns.Add<string>("text");
        _value = _columns.Add<string?>("text");
        _taskId = _columns.Add<string?>("text");
        _caseHash = _columns.Add<Guid?>("uuid");
        _calleeHash = _columns.Add<Guid?>("uuid");
        _body = _columns.Add<ReadOnlyMemory<byte>>("bytea");
        _write = _columns.Add<int>("integer");
    }

    /// <summary>Prepares it, if it is not yet.</summary>
    public async ValueTask Prepare(CancellationToken cancellationToken)
    {
        if (!_command.IsPrepared)
            await _command.PrepareAsync(cancellationToken);
    }

    /// <summary>Commits facts; blocks for it, on the thread of its worker.</summary>
    /// <returns>What became of each, in the order given.</returns>
    public CommittedFacts[] Execute(IReadOnlyList<FactWrite> writes)
    {
        _columns.Clear();
        for (var i = 0; i < writes.Count; i++)
        {
            foreach (var row in writes[i].Rows)
                Add(i, writes[i].Commit, row);
        }

        var effects = new ReceiptEffect[_id.Count];
        var counts = writes.Select(static _ => ImmutableArray.CreateBuilder<FactCount>()).ToList();
        using var reader = _command.ExecuteReader();
        while (reader.Read())
        {
            var write = reader.GetInt32(0);
            if (!reader.IsDBNull(1))
                effects[reader.GetInt64(1) - 1] = (ReceiptEffect)reader.GetInt16(2);
            else
                counts[write]
                    .Add(
                        new FactCount(
                            writes[write].Commit.NodetaskId,
                            (FactKind)reader.GetInt16(3),
                            reader.GetString(4),
                            reader.GetInt64(5),
                            reader.GetInt64(6)
                        )
                    );
        }

        // Only the end of the answer says that the commit went through.
        reader.NextResult();
        var from = 0;
        var results = new CommittedFacts[writes.Count];
        for (var i = 0; i < results.Length; i++)
        {
            var count = writes[i].Commit.Receipts.Length;
            results[i] = new CommittedFacts([.. effects.AsSpan(from, count)], counts[i].ToImmutable());
            from += count;
        }

        return results;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _command.DisposeAsync();

    private void Add(int write, FactCommit commit, FactRow row)
    {
        var (receipt, fact) = (row.Receipt, row.Receipt.Fact);
        _id.Add(receipt.Id);
        _workflowId.Add(commit.WorkflowId);
        _node.Add(commit.NodetaskId);
        _kind.Add((short)fact.Kind);
        _identity.Add(row.Identity);
        _variant.Add(row.Variant);
        _firstVariant.Add(row.FirstVariant);
        _isRepeat.Add(row.IsRepeat);
        _receivedAt.Add(receipt.ReceivedAt.ToUnixTimeMilliseconds());
        _occurredAt.Add(fact.OccurredAt?.ToUnixTimeMilliseconds());
        _source.Add(receipt.Source);
        _value.Add(fact.Value);
        _taskId.Add(fact.TaskId);
        _caseHash.Add(row.CaseHash);
        _calleeHash.Add(row.CalleeHash);
        _body.Add(receipt.Body);
        _write.Add(write);
    }
}

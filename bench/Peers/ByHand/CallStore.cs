using System.Globalization;
using Npgsql;
using Orleans.Workflow.Wire;

namespace Orleans.Workflow.ByHand;

/// <summary>
/// Stores call completions and counts them, one transaction each. The count is only touched for a call that is new.
/// </summary>
internal sealed class CallStore(NpgsqlDataSource dataSource)
{
    // One statement: insert, and count what was inserted.
    private const string Receive = """
        WITH added AS (
          INSERT INTO call (workflow_id, nodetask_id, call_id, hangup_reason, case_id, callee, body)
          VALUES ($1, $2, $3, $4, $5, $6, $7)
          ON CONFLICT (workflow_id, nodetask_id, call_id, hangup_reason) DO NOTHING
          RETURNING workflow_id, nodetask_id, hangup_reason
        )
        INSERT INTO call_count AS c (workflow_id, nodetask_id, hangup_reason, count)
        SELECT workflow_id, nodetask_id, hangup_reason, 1 FROM added
        ON CONFLICT (workflow_id, nodetask_id, hangup_reason) DO UPDATE SET count = c.count + 1
        """;

    private const string Count =
        "SELECT hangup_reason, sum(count)::bigint FROM call_count WHERE workflow_id = $1 GROUP BY hangup_reason";

    public async Task ReceiveAsync(CallCompletion call, byte[] body)
    {
        await using var command = dataSource.CreateCommand(Receive);
        foreach (var text in (string[])[call.WorkflowId, call.NodetaskId, call.CallId])
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = text });

        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = call.HangupReason });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = call.CaseId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = call.Callee });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = body });
        await command.ExecuteNonQueryAsync();
    }

    public async Task<StoredWorkflow?> FindAsync(string id)
    {
        await using var command = dataSource.CreateCommand(Count);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
        await using var reader = await command.ExecuteReaderAsync();
        var values = new SortedDictionary<string, long>(StringComparer.Ordinal);
        while (await reader.ReadAsync())
            values.Add(reader.GetInt32(0).ToString(CultureInfo.InvariantCulture), reader.GetInt64(1));

        return values.Count == 0
            ? null
            : new StoredWorkflow(id, string.Empty, string.Empty, 0, [])
            {
                Facts = new StoredFacts(new StoredCalls(values.Values.Sum(), values)),
            };
    }
}

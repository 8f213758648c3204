using Npgsql;
using Orleans.Workflow.Wire;

namespace Orleans.Workflow.ByHand;

/// <summary>
/// Stores notifications, one transaction each, in three round trips: lock; everything else in one batch; commit.
/// </summary>
internal sealed class WorkflowStore(NpgsqlDataSource dataSource)
{
    private const string Lock = "SELECT version FROM workflow WHERE workflow_id = $1 FOR UPDATE";

    private const string UpsertWorkflow = """
        INSERT INTO workflow AS w (workflow_id, name, status, version) VALUES ($1, $2, $3, $4)
        ON CONFLICT (workflow_id) DO UPDATE
        SET name = excluded.name, status = excluded.status, version = w.version + 1, changed_at = now()
        """;

    // Rows that would not change are left alone: cheaper for repeats and for wide workflows.
    private const string UpsertNodes = """
        INSERT INTO node AS n (workflow_id, nodetask_id, name, node_type, task_id, task_status)
        SELECT $1, u.* FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) AS u
        ON CONFLICT (workflow_id, nodetask_id) DO UPDATE
        SET name = excluded.name, node_type = excluded.node_type,
          task_id = excluded.task_id, task_status = excluded.task_status
        WHERE (n.name, n.node_type, n.task_id, n.task_status)
          IS DISTINCT FROM (excluded.name, excluded.node_type, excluded.task_id, excluded.task_status)
        """;

    private const string Append = "INSERT INTO notification_log (workflow_id, body) VALUES ($1, $2)";

    private const string Find = "SELECT name, status, version FROM workflow WHERE workflow_id = $1";

    private const string FindNodes =
        "SELECT nodetask_id, name, node_type, task_id, task_status FROM node WHERE workflow_id = $1 ORDER BY "
        + "nodetask_id";

    public async Task ReceiveAsync(VendorNotification notification, byte[] body)
    {
        await using var connection = await dataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var version = await LockAsync(connection, notification.WorkflowId);
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                With(
                    UpsertWorkflow,
                    Text(notification.WorkflowId),
                    Text(notification.WorkflowName),
                    Text(notification.Status),
                    new NpgsqlParameter<long> { TypedValue = version + 1 }
                ),
                Nodes(notification),
                With(Append, Text(notification.WorkflowId), new NpgsqlParameter<byte[]> { TypedValue = body }),
            },
        };
        await batch.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
    }

    public async Task<StoredWorkflow?> FindAsync(string id)
    {
        await using var connection = await dataSource.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands = { With(Find, Text(id)), With(FindNodes, Text(id)) },
        };
        await using var reader = await batch.ExecuteReaderAsync();
        if (!await reader.ReadAsync())
            return null;

        var (name, status, version) = (reader.GetString(0), reader.GetString(1), reader.GetInt64(2));
        await reader.NextResultAsync();
        var nodes = new List<StoredNode>();
        while (await reader.ReadAsync())
        {
            nodes.Add(
                new StoredNode(
                    reader.GetString(0),
                    reader.GetString(1),
                    reader.GetString(2),
                    reader.IsDBNull(3) ? null : reader.GetString(3),
                    reader.IsDBNull(4) ? null : reader.GetString(4)
                )
            );
        }

        return new StoredWorkflow(id, name, status, version, nodes);
    }

    private static async Task<long> LockAsync(NpgsqlConnection connection, string id)
    {
        await using var command = new NpgsqlCommand(Lock, connection) { Parameters = { Text(id) } };
        return await command.ExecuteScalarAsync() is long version ? version : 0;
    }

    private static NpgsqlBatchCommand Nodes(VendorNotification notification)
    {
        // In key order, so that two transactions that lock several rows cannot deadlock.
        var actions = notification.Actions;
        Array.Sort(actions, static (a, b) => string.CompareOrdinal(a.NodetaskId, b.NodetaskId));
        return With(
            UpsertNodes,
            Text(notification.WorkflowId),
            Column(actions, static a => a.NodetaskId),
            Column(actions, static a => a.NodetaskName),
            Column(actions, static a => a.NodeType),
            Column(actions, static a => a.TaskId),
            Column(actions, static a => a.TaskStatus)
        );
    }

    private static NpgsqlParameter<string?[]> Column(VendorAction[] actions, Func<VendorAction, string?> field) =>
        new() { TypedValue = Array.ConvertAll(actions, action => field(action)) };

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value };

    private static NpgsqlBatchCommand With(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);

        return command;
    }
}

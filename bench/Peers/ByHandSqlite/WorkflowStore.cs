using Microsoft.Data.Sqlite;
using Orleans.Workflow.Wire;

namespace Orleans.Workflow.ByHandSqlite;

/// <summary>
/// One connection that writes, waited for in a queue (SQLite has one writer at a time), and one that reads.
/// </summary>
internal sealed class WorkflowStore : IDisposable
{
    private readonly SqliteConnection _writer;
    private readonly SqliteConnection _reader;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly Lock _reading = new();
    private readonly SqliteCommand _begin,
        _commit,
        _rollback,
        _upsertWorkflow,
        _upsertNode,
        _append,
        _find,
        _findNodes;

    public WorkflowStore(string connectionString)
    {
        _writer = Database.Open(connectionString);
        Database.CreateTables(_writer);
        _reader = Database.Open(connectionString);
        _begin = Database.Prepare(_writer, "BEGIN IMMEDIATE", 0);
        _commit = Database.Prepare(_writer, "COMMIT", 0);
        _rollback = Database.Prepare(_writer, "ROLLBACK", 0);
        _upsertWorkflow = Database.Prepare(
            _writer,
            """
            INSERT INTO workflow (workflow_id, name, status, version) VALUES ($1, $2, $3, 1)
            ON CONFLICT (workflow_id) DO UPDATE
            SET name = excluded.name, status = excluded.status, version = version + 1
            """,
            3
        );
        _upsertNode = Database.Prepare(
            _writer,
            """
            INSERT INTO node (workflow_id, nodetask_id, name, node_type, task_id, task_status)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (workflow_id, nodetask_id) DO UPDATE
            SET name = excluded.name, node_type = excluded.node_type,
              task_id = excluded.task_id, task_status = excluded.task_status
            WHERE (name, node_type, task_id, task_status)
              IS NOT (excluded.name, excluded.node_type, excluded.task_id, excluded.task_status)
            """,
            6
        );
        _append = Database.Prepare(
            _writer,
            "INSERT INTO notification_log (workflow_id, received_at, body) VALUES ($1, $2, $3)",
            3
        );
        _find = Database.Prepare(_reader, "SELECT name, status, version FROM workflow WHERE workflow_id = $1", 1);
        _findNodes = Database.Prepare(
            _reader,
            "SELECT nodetask_id, name, node_type, task_id, task_status FROM node WHERE workflow_id = $1 ORDER "
                + "BY nodetask_id",
            1
        );
    }

    public async Task ReceiveAsync(VendorNotification notification, byte[] body)
    {
        await _writing.WaitAsync();
        try
        {
            Write(notification, body);
        }
        finally
        {
            _writing.Release();
        }
    }

    public Task<StoredWorkflow?> FindAsync(string id)
    {
        lock (_reading)
            return Task.FromResult(Read(id));
    }

    public void Dispose()
    {
        foreach (
            var command in (SqliteCommand[])
                [_begin, _commit, _rollback, _upsertWorkflow, _upsertNode, _append, _find, _findNodes]
        )
            command.Dispose();

        _writer.Dispose();
        _reader.Dispose();
        _writing.Dispose();
    }

    private void Write(VendorNotification notification, byte[] body)
    {
        _begin.ExecuteNonQuery();
        try
        {
            _upsertWorkflow
                .With(notification.WorkflowId, notification.WorkflowName, notification.Status)
                .ExecuteNonQuery();
            foreach (var action in notification.Actions)
            {
                _upsertNode
                    .With(
                        notification.WorkflowId,
                        action.NodetaskId,
                        action.NodetaskName,
                        action.NodeType,
                        action.TaskId,
                        action.TaskStatus
                    )
                    .ExecuteNonQuery();
            }

            _append
                .With(notification.WorkflowId, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), body)
                .ExecuteNonQuery();
            _commit.ExecuteNonQuery();
        }
        catch
        {
            _rollback.ExecuteNonQuery();
            throw;
        }
    }

    private StoredWorkflow? Read(string id)
    {
        using var workflow = _find.With(id).ExecuteReader();
        if (!workflow.Read())
            return null;

        using var rows = _findNodes.With(id).ExecuteReader();
        var nodes = new List<StoredNode>();
        while (rows.Read())
        {
            nodes.Add(
                new StoredNode(
                    rows.GetString(0),
                    rows.GetString(1),
                    rows.GetString(2),
                    rows.IsDBNull(3) ? null : rows.GetString(3),
                    rows.IsDBNull(4) ? null : rows.GetString(4)
                )
            );
        }

        return new StoredWorkflow(id, workflow.GetString(0), workflow.GetString(1), workflow.GetInt64(2), nodes);
    }
}

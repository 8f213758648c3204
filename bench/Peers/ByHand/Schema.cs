using Npgsql;

namespace Orleans.Workflow.ByHand;

/// <summary>The tables.</summary>
internal static class Schema
{
    private const string Tables = """
        CREATE TABLE IF NOT EXISTS workflow (
          workflow_id text PRIMARY KEY,
          name text NOT NULL,
          status text NOT NULL,
          version bigint NOT NULL,
          changed_at timestamptz NOT NULL DEFAULT now()
        ) WITH (fillfactor = 70);

        CREATE TABLE IF NOT EXISTS node (
          workflow_id text NOT NULL,
          nodetask_id text NOT NULL,
          name text NOT NULL,
          node_type text NOT NULL,
          task_id text,
          task_status text,
          PRIMARY KEY (workflow_id, nodetask_id)
        ) WITH (fillfactor = 70);

        CREATE TABLE IF NOT EXISTS notification_log (
          id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          workflow_id text NOT NULL,
          received_at timestamptz NOT NULL DEFAULT now(),
          body bytea NOT NULL
        );

        CREATE TABLE IF NOT EXISTS call (
          id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          workflow_id text NOT NULL,
          nodetask_id text NOT NULL,
          call_id text NOT NULL,
          hangup_reason integer NOT NULL,
          case_id text NOT NULL,
          callee text NOT NULL,
          received_at timestamptz NOT NULL DEFAULT now(),
          body bytea NOT NULL,
          UNIQUE (workflow_id, nodetask_id, call_id, hangup_reason)
        );
        CREATE INDEX IF NOT EXISTS call_by_callee ON call (callee);
        CREATE INDEX IF NOT EXISTS call_by_case ON call (case_id);

        CREATE TABLE IF NOT EXISTS call_count (
          workflow_id text NOT NULL,
          nodetask_id text NOT NULL,
          hangup_reason integer NOT NULL,
          count bigint NOT NULL,
          PRIMARY KEY (workflow_id, nodetask_id, hangup_reason)
        ) WITH (fillfactor = 70);
        """;

    public static async Task CreateAsync(NpgsqlDataSource dataSource)
    {
        await using var command = dataSource.CreateCommand(Tables);
        await command.ExecuteNonQueryAsync();
    }
}

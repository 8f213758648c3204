using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Api.Tests.Hosting;

/// <summary>A row of the table of facts.</summary>
public sealed record FactRow(string WorkflowId, string NodetaskId, string CaseId, string Callee)
{
    public Guid Id { get; } = Guid.CreateVersion7();

    public FactKind Kind { get; init; } = FactKind.ListCompletion;

    public ReceiptEffect Effect { get; init; } = ReceiptEffect.Recorded;

    public string? Value { get; init; }

    public DateTimeOffset ReceivedAt { get; init; } = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    public DateTimeOffset? OccurredAt { get; init; }

    /// <summary>The body: that of a list completion.</summary>
    public string Body =>
        $$"""
            {"workflow_id":"{{WorkflowId}}", "workflow_name":"Autumn", "case_id":"{{CaseId}}",
             "callee_number":"{{Callee}}", "rows":[], "n":1.00}
            """;
}

/// <summary>Writes the table of facts, past the product.</summary>
internal static class FactRows
{
    public static async Task InsertAsync(this ITestDatabase database, params IEnumerable<FactRow> rows)
    {
        await using var connection = await database.OpenAsync();
        var key = (byte[])(await Command(connection, "SELECT key FROM fact_key").ExecuteScalarAsync())!;
        foreach (var row in rows)
        {
            await using var command = Command(
                connection,
                """
                INSERT INTO fact (id, workflow_id, node, kind, effect, variant, received_at, occurred_at, source,
                  value, case_hash, callee_hash, body)
                VALUES (@id, @workflow_id, @node, @kind, @effect, @id, @received_at, @occurred_at, 'airudder', @value,
                  @case_hash, @callee_hash, @body)
                """,
                ("id", database.Id(row.Id)),
                ("workflow_id", row.WorkflowId),
                ("node", row.NodetaskId),
                ("kind", (int)row.Kind),
                ("effect", (int)row.Effect),
                ("received_at", row.ReceivedAt.ToUnixTimeMilliseconds()),
                ("occurred_at", (object?)row.OccurredAt?.ToUnixTimeMilliseconds() ?? DBNull.Value),
                ("value", (object?)row.Value ?? DBNull.Value),
                ("case_hash", Hash(row.CaseId)),
                ("callee_hash", Hash(row.Callee.TrimStart('+'))),
                ("body", Encoding.UTF8.GetBytes(row.Body))
            );
            await command.ExecuteNonQueryAsync();
        }

        object Hash(string text) =>
            database.Id(
                new Guid(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)).AsSpan(0, 16), bigEndian: true)
            );
    }

    /// <summary>Leaves what deleting a workflow leaves.</summary>
    public static async Task DeleteAsync(this ITestDatabase database, string workflowId)
    {
        await using var connection = await database.OpenAsync();
        await using var command = Command(
            connection,
            """
            INSERT INTO baseline (workflow_id, seq, version, vocabulary, state, deleted, removed_through)
            VALUES (@workflow_id, 1, 1, '', '{}', 1, 1)
            """,
            ("workflow_id", workflowId)
        );
        await command.ExecuteNonQueryAsync();
    }

    private static DbCommand Command(DbConnection connection, string text, params (string Name, object Value)[] values)
    {
        var command = connection.CreateCommand();
        command.CommandText = text;
        foreach (var (name, value) in values)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
